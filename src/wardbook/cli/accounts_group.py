"""The group of commands about money: ``wardbook account``."""

from __future__ import annotations

from wardbook.cli.group import main


@main.group()
def account() -> None:
    """The account: reconcile two totals, and the ledger of an audit."""
