"""A book of a few rows, as the rooms before the account would hand it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wardbook.accounts.account import account
from wardbook.link.anchors_tables import ANCHOR_INPUTS, ANCHOR_OUTPUTS
from wardbook.link.matching_tables import INPUTS, OUTPUTS
from wardbook.link.presence import PRESENCE_OUTPUTS
from wardbook.link.purposes import USE_EVENTS
from wardbook.policy.model import CostRule, Fact, FactType, Rulebook
from wardbook.policy.sql_text import sql_type
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES, FACTS, Column, Table, find_table
from wardbook.records.settings import Settings

Rows = Sequence[Mapping[str, Any]]

LINKED = (*INPUTS, *OUTPUTS, *ANCHOR_INPUTS, *ANCHOR_OUTPUTS, *PRESENCE_OUTPUTS, USE_EVENTS)
LINKS = (
    "CREATE TABLE use_tracks (use_id VARCHAR, track_id VARCHAR)",
    "CREATE TABLE track_vehicles (track_id VARCHAR, vehicle VARCHAR, vehicle_key VARCHAR)",
    "CREATE TABLE use_records (use_id VARCHAR, record_id VARCHAR)",
    "CREATE TABLE aboard (use_id VARCHAR, record_id VARCHAR, role VARCHAR, person_key VARCHAR, day DATE)",
    "CREATE TABLE name_keys (written VARCHAR, name_key VARCHAR)",
    "CREATE TABLE persons (name_key VARCHAR, person_key VARCHAR)",
    """CREATE TABLE resolved_places (place_key VARCHAR, qualifier VARCHAR, lat_e6 BIGINT, lon_e6 BIGINT,
    region VARCHAR, inside BOOLEAN, basis VARCHAR)""",
)


def cost_rule(arrangement: str, cost_class: str, payer: str, method: str, **more: Any) -> CostRule:
    return CostRule(arrangement, cost_class, payer, method, f"cites {arrangement}", "", 1, **more)


def measured(name: str, kind: FactType, settled_by: str = "", **more: Any) -> Fact:
    """A fact that a cost rule computes with, read from a column of its own name."""
    return Fact(name, name.replace(" ", "_"), kind, (), f"{name}?", settled_by, 1, **more)


def rulebook(
    *cost_rules: CostRule, jurisdiction: str = "New York City", facts: Sequence[Fact] = ()
) -> Rulebook:
    return Rulebook(
        "", "", "A rulebook", jurisdiction, "", "", {}, tuple(facts), {}, (), (), cost_rules, (), ""
    )


def facts_table(facts: Sequence[Fact]) -> Table:
    """The relation of facts, with a column for each fact that the book itself does not hold."""
    more = (
        Column(fact.reads, sql_type(fact), fact.name)
        for fact in facts
        if fact.reads and fact.reads not in FACTS.names
    )
    return Table(FACTS.name, FACTS.one_row, (*FACTS.columns, *more))


def small_book(facts_read: Sequence[Fact] = (), **tables: Rows) -> Engine:
    """Every relation of the book and of an audit, empty but for ``tables``."""
    engine = Engine()
    for table in (*BOOK_TABLES, *AUDIT_TABLES, *LINKED):
        rows = tables.pop(table.name, ())
        if table.name == FACTS.name:
            table = facts_table(facts_read)
        if rows:
            engine.load(table, rows)
        else:
            columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
            engine.define(f"CREATE TABLE {table.name} ({columns})")
    assert not tables, f"no such table: {sorted(tables)}"
    for statement in LINKS:
        engine.define(statement)
    return engine


def accounted(policy: Rulebook, settings: Settings | None = None, **tables: Rows) -> Engine:
    """The small book after `account`."""
    engine = small_book(policy.facts, **tables)
    account(engine, policy, settings or Settings())
    return engine


def use(use_id: str, **columns: Any) -> dict[str, Any]:
    return {"use_id": use_id, "sources": [f"log-{use_id}"], "task": "movement", **columns}


def decided(use_id: str, costs: str | None, **columns: Any) -> dict[str, Any]:
    return {"use_id": use_id, "costs": costs, **columns}


def rate(vehicle: str, amount: str, unit: str = "hour", **columns: Any) -> dict[str, Any]:
    row = {"record_id": f"rate-{vehicle}-{amount}", "vehicle": vehicle, "amount": amount, "unit": unit}
    return {**row, "currency": "USD", **columns}


def relation(engine: Engine, name: str) -> list[dict[str, Any]]:
    assert find_table(name) is not None
    return engine.dicts(f"SELECT * FROM {name} ORDER BY ALL")
