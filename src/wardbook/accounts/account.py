"""The account: costs, their shares by payer, balanced postings, receivables, and tests of stated figures."""

from __future__ import annotations

from datetime import date

from wardbook.accounts.assertions import run_assertion_tests
from wardbook.accounts.balance import check_balance, check_outstanding
from wardbook.accounts.cost_amounts import cost_amounts
from wardbook.accounts.cost_rules import AGENCY, load_cost_rules
from wardbook.accounts.ledger import keep_ledger
from wardbook.accounts.per_diem import run_per_diem_tests
from wardbook.accounts.reconciliation_statements import run_reconciliations
from wardbook.policy.model import Rulebook
from wardbook.records.engine import Engine, literal
from wardbook.records.settings import Settings

_ROOM = "wardbook.accounts"


def account(engine: Engine, rulebook: Rulebook, settings: Settings, as_of: date | None = None) -> None:
    """Create the relations of the account, each one query in this room, and check that they balance.

    In: ``uses``, ``determinations``, ``facts``, ``rates``, ``vehicles``, ``log_entries`` (distances),
    ``expenses``, ``places``, ``per_diem_rates``, ``obligations``, ``repayments``, ``assertions``. Out:
    ``costs``, ``allocations``, ``postings``, ``receivables``, ``assertion_tests``, ``per_diem_tests``
    (columns in `schema`), and beside them the steps
    ``use_rates`` (the rate in force for each use), ``expense_uses`` (the use that explains each expense),
    ``order_lines`` and ``order_payments``. Money is DECIMAL(18,2) in the currency beside it; an amount
    without a currency is read in ``settings.currency``. Raises `UnbalancedError` if an entry does not
    balance or the shares of a cost do not add up to it.
    """
    currency = literal(settings.currency)
    body = literal(public_body(rulebook, settings))
    load_cost_rules(engine, rulebook, settings)
    engine.run_file(_ROOM, "use_rates", default_currency=currency)
    engine.run_file(_ROOM, "expense_uses")
    engine.run_file(_ROOM, "costs", default_currency=currency)
    _allocate(engine, rulebook, body)
    keep_ledger(engine, settings, public_body(rulebook, settings), as_of)
    check_balance(engine)
    check_outstanding(engine)
    run_assertion_tests(engine)
    run_reconciliations(engine)
    run_per_diem_tests(engine, settings)


def reallocate(engine: Engine, rulebook: Rulebook, settings: Settings) -> None:
    """Create ``allocations`` again, under other ``determinations`` of the same uses and costs.

    In: ``uses``, ``determinations``, ``facts``, ``costs``, ``expenses``, as `account` had and made them.
    """
    load_cost_rules(engine, rulebook, settings)
    engine.run_file(_ROOM, "expense_uses")
    _allocate(engine, rulebook, literal(public_body(rulebook, settings)))


def _allocate(engine: Engine, rulebook: Rulebook, public_body: str) -> None:
    amounts = cost_amounts(rulebook)
    engine.run_file(_ROOM, "allocations", public_body=public_body, agency=literal(AGENCY), **amounts)


def public_body(rulebook: Rulebook, settings: Settings) -> str:
    """The name under which costs stay with the public: the book's jurisdiction, else the rulebook's."""
    return settings.jurisdiction or rulebook.jurisdiction or "the public body"
