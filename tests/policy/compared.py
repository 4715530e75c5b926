"""What a rulebook makes of random uses, by SQL on an engine and by the slow twin, in one shape to compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.policy.random_rulebooks import COST_CLASSES, Use, load_uses
from wardbook.policy.ask import evaluate, reason
from wardbook.policy.compile import Compiled, book_rows
from wardbook.policy.costs import PUBLIC_BODY, payments
from wardbook.policy.decide import (
    ANSWERS,
    HOLDING,
    answer,
    answered_costs,
    answers_table,
    cited,
    missing_sql,
    reason_sql,
    same_key,
)
from wardbook.policy.determine import Determined, Docket, docket
from wardbook.policy.meaning import all_of, in_force_on, met
from wardbook.policy.model import Rulebook, Strange
from wardbook.policy.pack import mask_name, split_bits
from wardbook.policy.resolve import Kind
from wardbook.policy.sql_text import quoted
from wardbook.records.engine import Engine
from wardbook.records.spark_engine import SparkEngine

RECORD = "record_of_uses"


@dataclass(frozen=True)
class Comparison:
    """A rulebook ready to be run over relation ``facts``: its SQL, and the names of the columns compared."""

    ready: Docket
    compiled: Compiled

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook as known last."""
        return self.ready.rulebook

    @property
    def masks(self) -> list[str]:
        """The columns with the rules that are true and unknown, and the broken invariants."""
        lengths = [(letter, q, len(deck.rules)) for q, deck in enumerate(self.ready.decks) for letter in "tu"]
        names = [mask_name(f"{letter}{q}", word) for letter, q, n in lengths for word in range(_words(n))]
        invariants = range(_words(len(self.rulebook.invariants)))
        return [*names, *(mask_name("broken", word) for word in invariants)]

    def query(self) -> str:
        """The SELECT that joins each use to its answer."""
        names = [f"h.{name}" for name in ("use_id", *self.masks)]
        said = [f"a.o{at}" for at in range(4 + len(self.rulebook.outcomes))]
        texts = [f"{reason_sql(self.compiled)} AS reason", f"{missing_sql(self.compiled)} AS missing"]
        shown = [*names, "a.rule", "a.cites", "a.certain", *said, *texts, *self._costs()]
        joined = f"{HOLDING} AS h JOIN {ANSWERS} AS a ON {same_key(self.compiled)}"
        return f"SELECT {', '.join(shown)} FROM {joined}"

    def _costs(self) -> Iterator[str]:
        if not self.rulebook.cost_rules:
            return
        made = answered_costs(self.compiled)
        classes = {name: f"h.{name}" for name in COST_CLASSES}
        for share in made.shares(classes):
            yield f"{share.amount} AS {quoted(f'{share.cost_class}: {share.payer}')}"
        for name, text in made.open_points(classes).items():
            yield f"{text} AS {quoted(f'{name}: open')}"


def compare(book: Rulebook) -> Comparison:
    """Make a rulebook ready."""
    ready = docket(book)
    rows = replace(book_rows(ready), carried=tuple(f"{name} AS {name}" for name in COST_CLASSES))
    return Comparison(ready, Compiled(ready, rows))


def record_by_sql(engine: Engine | SparkEngine, made: Comparison) -> None:
    """Create relation `RECORD` from relation ``facts``."""
    engine.run(HOLDING, made.compiled.masks())
    keys = engine.rows(f"SELECT DISTINCT {', '.join(made.compiled.key_names)} FROM {HOLDING}")
    engine.load(answers_table(made.compiled), (answer(made.compiled, key) for key in keys))
    engine.run(RECORD, made.query())


def by_duckdb(book: Rulebook, uses: Sequence[Use]) -> list[dict[str, Any]]:
    """The records of uses in their order, by SQL on DuckDB."""
    with Engine() as engine:
        load_uses(engine, book, uses)
        record_by_sql(engine, compare(book))
        return engine.dicts(f"SELECT * FROM {RECORD} ORDER BY use_id")


# ---------------------------------------------------------------- the twin


def by_twin(made: Comparison, use: Use, columns: Sequence[str]) -> dict[str, Any]:
    """The record of one use by the slow twin; ``columns`` are those that SQL gives."""
    book, ready = made.rulebook, made.ready
    values = use.values(book)
    found = evaluate(ready, values, use.day)
    record: dict[str, Any] = {
        "rule": "; ".join(found.rules),
        "cites": "; ".join(cited(found)),
        "certain": all(verdict.kind is Kind.DECIDED for verdict in found.verdicts),
        **{f"o{at}": said for at, said in enumerate(found.outcomes.values())},
        "reason": reason(ready, found, values),
        "missing": _missing(book, found, values),
        "broken": sum(1 << book.invariants.index(one) for one in found.broken),
    }
    for q, deck in enumerate(ready.decks):
        truths = [all_of((met(rule, values, use.day), in_force_on(rule, use.day))) for rule in deck.rules]
        for letter, wanted in (("t", True), ("u", None)):
            bits = sum((truth is wanted) << at for at, truth in enumerate(truths))
            for word, part in enumerate(split_bits(bits, _words(len(truths)))):
                record[mask_name(f"{letter}{q}", word)] = part
    return record | _shares(made, use, values, found, columns)


def _missing(book: Rulebook, found: Determined, values: dict[str, Any]) -> str:
    """The records that would settle it, then the strange values among the facts that are wanted."""
    wanted = sorted({at for indexes in found.missing_facts for at in indexes if at < len(book.facts)})
    strange = []
    for at in wanted:
        value = values[book.facts[at].name]
        if isinstance(value, Strange):
            strange.append(f'{book.facts[at].name} "{value.word}" is not a value this rulebook knows')
    return "; ".join([*found.missing, *strange])


def _shares(
    made: Comparison, use: Use, values: dict[str, Any], found: Determined, columns: Sequence[str]
) -> dict[str, Any]:
    """What each payer bears of each cost, and why it is open; NULL where there is no cost, or no answer."""
    book = made.rulebook
    shown = {name: None for name in columns if name.partition(": ")[0] in COST_CLASSES}
    record: dict[str, Any] = dict(shown)
    for share_class, cost in use.costs.items():
        payers = [name for name in shown if name.startswith(f"{share_class}: ")]
        payers.remove(f"{share_class}: open")
        shares = payments(book, found.outcomes["costs"], {share_class: cost}, values)
        if any(share.payer == "undetermined" for share in shares):
            record[f"{share_class}: open"] = shares[0].open_point
            continue
        record |= dict.fromkeys(payers, Decimal("0.00"))
        record |= {f"{share_class}: {share.payer}": share.amount for share in shares}
        if any(share.amount is None for share in shares):
            record[f"{share_class}: {PUBLIC_BODY}"] = None
            record[f"{share_class}: open"] = shares[-1].open_point
    return record if shown else {}


def differences(sql: dict[str, Any], twin: dict[str, Any]) -> list[str]:
    """The columns in which SQL and the twin differ, with both values."""
    return [
        f"{name}: SQL {sql[name]!r}, twin {twin.get(name)!r}"
        for name in sql
        if name != "use_id" and sql[name] != twin.get(name)
    ]


def _words(bits: int) -> int:
    return max(1, -(-bits // 62))
