"""A small case made by hand: six uses with every outcome, two exhibits, and texts that try to be markup."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wardbook.audit import Audit
from wardbook.findings.finding import Finding
from wardbook.link.matching_tables import OUTPUTS
from wardbook.policy.model import Fact, FactType, Rule, Rulebook
from wardbook.records.engine import Engine
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES
from wardbook.records.settings import Settings

LOG = "a" * 64
PHOTOCOPY = "b" * 64
ATTACK = "</script><img src=x onerror=\"document.title='taken'\">\u2028<b>bold</b> & more"


def _at(number: int, exhibit: str = LOG, raw: str | None = None) -> dict[str, Any]:
    return {
        "record_id": f"{exhibit[:12]}-p1-l{number}",
        "exhibit": exhibit,
        "page": 1,
        "line": number,
        "raw_text": raw or f"line {number} of the log",
    }


def record(number: int, exhibit: str = LOG) -> str:
    """The record_id of a line of an exhibit."""
    return str(_at(number, exhibit)["record_id"])


_USES = [
    # use_id, date, route, permitted, security, purpose, payer, amount
    ("CAR1-2024-01-05-aa", "2024-01-05", "Office-Town Hall", "yes", "yes", "protective", None, None),
    (
        "CAR1-2024-01-06-bb",
        "2024-01-06",
        "Office-Rally Ground",
        "no",
        "no",
        "political",
        "Friends of Ash",
        "120.50",
    ),
    ("CAR1-2024-02-01-cc", "2024-02-01", "Home-School", "no", "no", "personal", "Mayor Ash", "80.25"),
    (
        "VAN2-2024-02-03-dd",
        "2024-02-03",
        "Depot-Home",
        "cannot be determined",
        "no",
        None,
        "undetermined",
        "40.00",
    ),
    (
        "VAN2-2024-03-09-ee",
        "2024-03-09",
        "Depot-Ferry",
        "cannot be determined",
        "cannot be determined",
        None,
        None,
        None,
    ),
    ("VAN2-undated-ff", None, "Depot-Depot", "yes", "no", "official", "Town of Alder", "12.00"),
]


def _rows() -> dict[str, list[dict[str, Any]]]:
    entries = [
        _at(n, raw=ATTACK if n == 1 else None)
        | {"day": use[1], "vehicle": use[0][:4], "route_text": use[2], "stated_purpose": "as ordered"}
        for n, use in enumerate(_USES, 1)
    ]
    twice = _at(1, PHOTOCOPY, "photocopy of line 1") | {
        "day": "2024-01-05",
        "vehicle": "CAR1",
        "route_text": "Office-Town Hall",
    }
    aside = _at(9, raw="31/31/2024 ???")
    places = {
        "Office": (40_000_000, -74_000_000),
        "Town Hall": (40_020_000, -74_010_000),
        "Home": (40_100_000, -74_200_000),
    }
    return {
        "exhibits": [
            {"exhibit": LOG, "bytes": 900, "reader": "mapped table", "rows_held": 8, "take_in": "1"},
            {"exhibit": PHOTOCOPY, "bytes": 120, "reader": "mapped table", "rows_held": 1, "take_in": "1"},
        ],
        "occurrences": [
            {"occurrence_id": "1", "exhibit": LOG, "path": "box/log <1>.csv", "source": "box"},
            {"occurrence_id": "2", "exhibit": LOG, "path": "box/copy/log.csv", "source": "box"},
            {"occurrence_id": "3", "exhibit": PHOTOCOPY, "path": "box/photocopy.csv", "source": "box"},
        ],
        "source_rows": [
            *(
                {**{k: e[k] for k in _at(1)}, "fate": "record", "into": "log_entries"}
                for e in [*entries, twice]
            ),
            aside | {"fate": "set aside", "into": ""},
            _at(10, raw="day;vehicle;route") | {"fate": "not a record", "into": "heading"},
        ],
        "set_aside": [
            aside | {"expected": "a day", "found": "31/31/2024", "advice": "Correct the day in the source."}
        ],
        "unread_columns": [{"exhibit": LOG, "column_name": "fuel", "filled": 3, "sample": "12 l"}],
        "log_entries": [*entries, twice],
        "assertions": [
            _at(20)
            | {
                "assertion_id": "A1",
                "stated_by": "the town clerk",
                "quantity": "cost of rally trips",
                "unit": "USD",
            }
        ],
        "stops": [
            _at(2)
            | {
                "entry_id": record(2),
                "position": 2,
                "place_text": "Rally Ground",
                "place_key": "rally ground",
            }
        ],
        "person_comparisons": [
            {
                "left_name": "jim ash",
                "right_name": "tim ash",
                "score": 86,
                "comparisons": "one letter apart",
                "verdict": "unsure",
                "decided_by": "rule",
            },
            {
                "left_name": "a birch",
                "right_name": "a birch",
                "score": 100,
                "comparisons": "equal",
                "verdict": "same",
                "decided_by": "rule",
            },
        ],
        "entry_comparisons": [
            {
                "left_id": record(1),
                "right_id": record(1, PHOTOCOPY),
                "comparisons": "same day, vehicle and route",
                "verdict": "same",
                "decided_by": "rule",
            }
        ],
        "legs": [
            {
                "leg_id": "1",
                "use_id": _USES[0][0],
                "position": 1,
                "from_place": "office",
                "to_place": "town hall",
                "from_lat_e6": places["Office"][0],
                "from_lon_e6": places["Office"][1],
                "to_lat_e6": places["Town Hall"][0],
                "to_lon_e6": places["Town Hall"][1],
                "metres": 2400,
            },
            {
                "leg_id": "2",
                "use_id": _USES[2][0],
                "position": 1,
                "from_place": "home",
                "to_place": "school",
                "from_lat_e6": places["Home"][0],
                "from_lon_e6": places["Home"][1],
            },
            {
                "leg_id": "3",
                "track_id": "t1",
                "position": 1,
                "from_lat_e6": 40_000_000,
                "from_lon_e6": -74_000_000,
                "to_lat_e6": 40_100_000,
                "to_lon_e6": -74_200_000,
            },
        ],
        "uses": [
            {
                "use_id": u[0],
                "date": u[1],
                "vehicle": u[0][:4],
                "route": u[2],
                "hours": "1.5",
                "riders": "Mayor Ash, +1",
                "stated_purpose": "as ordered",
                "task": "movement",
                "agency": "Office of the Mayor",
                "sources": [record(1), record(1, PHOTOCOPY)] if n == 1 else [record(n)],
            }
            for n, u in enumerate(_USES, 1)
        ],
        "facts": [{"use_id": u[0], "purpose": u[5], "protectee_aboard": "true"} for u in _USES],
        "fact_bases": [
            {
                "use_id": u[0],
                "fact": "protectee_aboard",
                "basis": "a rider is a designated protectee",
                "sources": [record(n)],
            }
            for n, u in enumerate(_USES, 1)
        ],
        "determinations": [
            {
                "use_id": u[0],
                "rule": "R-1; R-2",
                "cites": "Town Order 7, section 2",
                "purpose": u[5],
                "security_reason": u[4],
                "permitted": u[3],
                "costs": "shared",
                "reason": f"decided for {u[2]}",
                "facts_used": ["aboard", "purpose"],
                "missing": "the passenger list" if u[3].startswith("cannot") else "",
            }
            for u in _USES
        ],
        "costs": [
            *(
                {
                    "cost_id": f"{u[0]}:mileage",
                    "use_id": u[0],
                    "cost_class": "mileage",
                    "basis": "distance x rate",
                    "amount": u[7],
                    "currency": "USD",
                    "sources": [record(n)],
                }
                for n, u in enumerate(_USES, 1)
                if u[7]
            ),
            {
                "cost_id": record(30),
                "cost_class": "lodging",
                "basis": "expense record",
                "amount": "300.00",
                "currency": "EUR",
                "sources": [record(30)],
            },
        ],
        "expenses": [
            _at(30, raw="inn, two nights") | {"cost_class": "lodging", "amount": "300.00", "currency": "EUR"}
        ],
        "allocations": [
            *(
                {
                    "cost_id": f"{u[0]}:mileage",
                    "use_id": u[0],
                    "cost_class": "mileage",
                    "payer": u[6],
                    "method": "full",
                    "amount": u[7],
                    "currency": "USD",
                    "cites": "Town Order 7",
                }
                for u in _USES
                if u[7]
            ),
            {
                "cost_id": record(30),
                "cost_class": "lodging",
                "payer": "undetermined",
                "method": "undetermined: no use",
                "amount": "300.00",
                "currency": "EUR",
                "cites": "",
            },
        ],
        "postings": [
            {"entry_id": "e1", "account": "Receivable:Friends of Ash", "amount": "120.50", "currency": "USD"},
            {"entry_id": "e1", "account": "Cost:mileage", "amount": "-120.50", "currency": "USD"},
        ],
        "receivables": [
            {"payer": "Mayor Ash", "cost_class": "mileage", "amount": "80.25", "currency": "USD", "uses": 1},
            {
                "payer": "Friends of Ash",
                "cost_class": "mileage",
                "amount": "120.50",
                "currency": "USD",
                "uses": 1,
            },
            {
                "payer": "Mayor Ash",
                "cost_class": "order: Order 3",
                "amount": "50.00",
                "currency": "USD",
                "uses": 0,
            },
        ],
        "assertion_tests": [
            {
                "assertion_id": "A1",
                "quantity": "cost of rally trips",
                "stated": "100.00",
                "computed": "120.50",
                "difference": "-20.50",
                "unit": "USD",
                "verdict": "differs",
                "working": "120.50; the book gives 20.50 more",
                "sources": [record(2), record(20)],
            },
            {
                "assertion_id": "A2",
                "quantity": "trips to the ferry",
                "stated": "9",
                "unit": "trips",
                "verdict": "cannot be reproduced",
                "working": "the ferry's list is not on record",
                "sources": [],
            },
        ],
    }


def small_rulebook() -> Rulebook:
    """A rulebook of two rules and one passage of law."""
    fact = Fact("aboard", "protectee_aboard", FactType.YES_NO, (), "Was a protectee aboard?", "the log", 3)
    rules = tuple(
        Rule(
            name,
            "permitted",
            "Town Order 7, section 2",
            None,
            None,
            (),
            {},
            (),
            "",
            9,
            anchors=("order-7-2",),
        )
        for name in ("R-1", "R-2")
    )
    return Rulebook(
        path="/somewhere/else/town-order.md", sha256="c" * 64, title="Town Order 7", jurisdiction="Alder",
        authority="Town council", version="2", settings={}, facts=(fact,),
        law={"order-7-2": "No trip <without> cause."},
        questions=("permitted",), rules=rules, cost_rules=(), examples=(), text="# Town Order 7",
        law_titles={"order-7-2": "Section 2"},
    )  # fmt: skip


def small_findings() -> tuple[Finding, ...]:
    """Two findings of one procedure and one of another, out of order."""

    def finding(finding_id: str, title: str, use: int, amount: str | None) -> Finding:
        return Finding(
            finding_id=finding_id, procedure=finding_id[:6], title=title,
            criterion="Every use has an authority.",
            condition=f"{_USES[use][0]} has none. {ATTACK}", cause="not on record", effect="unpaid cost",
            evidence=(record(use + 1), "unheld-record"), uses=(_USES[use][0],),
            innocent_explanations=("the order was oral", "the page is lost"),
            amount=Decimal(amount) if amount else None, currency="USD" if amount else None,
        )  # fmt: skip

    return (
        finding("INT-02-0001", "Entry made late", 4, None),
        finding("AUT-01-0002", "Use without authority", 2, "80.25"),
        finding("AUT-01-0001", "Use without authority", 1, "120.50"),
    )


HOLDING = """
    CREATE TABLE rules_holding AS
    SELECT use_id, 3::BIGINT + (3::BIGINT << 31) AS p0, 3::BIGINT AS t0, 0::BIGINT AS u0, 0::BIGINT AS broken
    FROM uses
"""

RESOLVED = """
    CREATE TABLE resolved_places AS SELECT * FROM (VALUES
        ('office', NULL, 40000000::BIGINT, -74000000::BIGINT, 'NY', true, 'register of places'),
        ('rally ground', NULL, NULL, NULL, NULL, NULL, 'no list of places holds it')
    ) AS t(place_key, qualifier, lat_e6, lon_e6, region, inside, basis)
"""


def small_engine(rows: dict[str, list[dict[str, Any]]] | None = None) -> Engine:
    """An engine with every relation of the book and of an audit; ``rows`` of the small case unless given."""
    engine = Engine()
    rows = _rows() if rows is None else rows
    for table in (*BOOK_TABLES, *AUDIT_TABLES, *OUTPUTS):
        engine.load(table, rows.get(table.name, ()))
    engine.define("CREATE TABLE use_records AS SELECT use_id, unnest(sources) AS record_id FROM uses")
    engine.define(RESOLVED)
    engine.define(
        "CREATE TABLE vendor_differences (vendor VARCHAR, vehicle VARCHAR, started_at TIMESTAMPTZ, "
        "ended_at TIMESTAMPTZ, claimed_distance_m BIGINT, metres BIGINT, difference VARCHAR, "
        "profile VARCHAR, leg_ids VARCHAR[], sources VARCHAR[])"
    )
    engine.define(HOLDING)
    return engine


def small_audit() -> Audit:
    """The small case, audited."""
    settings = Settings(title="Alder <detail>", jurisdiction="Town of Alder", purpose="A case made by hand.")
    return Audit(small_engine(), settings, small_rulebook(), "alder 9 kq3Z", small_findings())


def empty_audit() -> Audit:
    """An audit of a book that holds nothing."""
    return Audit(small_engine({}), Settings(), small_rulebook(), "", ())
