"""Ways to split a cost that rulebooks must be able to say, each in a small book through the real audit.

A way is a rulebook's rules and cost rules and the records of a case, as CSV; beside them stands who bears
what of each cost class, to the cent. Published figures are marked with their case, the others are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from wardbook.accounts.account import account
from wardbook.audit import movements
from wardbook.intake.take_in import take_in
from wardbook.policy.decide import decide
from wardbook.policy.read import load
from wardbook.records.book import Book
from wardbook.records.engine import Engine
from wardbook.records.settings import Settings

PUBLIC = "Town of Millbrook"

RULEBOOK = """---
title: a way to split a cost
jurisdiction: Town of Millbrook
authority: as cited
version: 1
time_zone: America/New_York
currency: USD
---

# A way to split a cost

### The way {{#way}}

> Paraphrase of nothing in force: a way to split a cost.

## Facts

| fact | reads | type | unit | values | question | settled by |
|---|---|---|---|---|---|---|
| purpose | purpose | enum | | official, political, personal, mixed, positioning | What for? | the schedule |
| task | task | enum | | movement, post, errand, advance | What was done? | the log |
| hours | hours | duration | h | 0..24 | How long? | the log |

## Question: Who pays?

| rule | cites | in force | purpose | task | => costs |
|---|---|---|---|---|---|
{rules}

## Costs

| arrangement | cost class | payer | method | part | base | rounding | cites | write down |
|---|---|---|---|---|---|---|---|---|
{costs}
"""

Shares = Mapping[tuple[str, str], str]
"""Cost class and payer, and what the payer bears of all costs of the class."""


@dataclass(frozen=True)
class Way:
    """One way: ``rules`` (purpose, task, arrangement), ``costs`` (the columns up to rounding), records."""

    source: str
    rules: tuple[str, ...]
    costs: tuple[str, ...]
    log: str
    shares: Shares
    expenses: str = ""
    rates: str = ""

    def rulebook(self) -> str:
        """The rulebook as Markdown."""
        rules = "\n".join(f"| rule {at} | way | always | {rule} |" for at, rule in enumerate(self.rules))
        costs = "\n".join(f"| {cost} | way | |" for cost in self.costs)
        return RULEBOOK.format(rules=rules, costs=costs)


LOG = (
    "day,vehicle,route_text,riders_text,agency,hours,distance_m,task,stated_purpose,trip,invoiced,currency\n"
)
SPENT = "day,trip,cost_class,amount,currency,posted_on,description\n"
RATES = "vehicle,unit,amount,currency,valid_from,valid_to\n"

RALLY = "2019-06-08,,Millbrook - Des Moines,Mayor,,4,,movement,Campaign rally,Iowa,,\n"
MEETING = "2019-06-08,,Millbrook - Albany,Mayor,,3,,movement,Council meeting,Albany,,\n"
BOTH = "2019-06-08,,Millbrook - Albany,Mayor,,3,,movement,Council meeting; campaign rally,Albany,,\n"
FLOWN = (
    "2019-06-08,N1,Millbrook - Albany,Mayor,,3,,movement,Council meeting; campaign rally,Albany,4200,USD\n"
)
GAME = "Private trip to a ball game of his son"
HELICOPTER = "2011-05-31,N1,Trenton - Montvale,Governor,,{hours},,movement,{purpose},{trip},{invoiced},USD\n"

WAYS: dict[str, Way] = {
    "the travel that the campaign adds, pay stays": Way(
        "New York City, Conflicts of Interest Board 2019: 319,794.20, of it 7,981.37 of the spouse alone",
        ("political | | campaign trip",),
        (
            *(f"campaign trip | {name} | campaign | full | | |" for name in ("travel", "airfare", "lodging")),
            *(f"campaign trip | {name} | nobody | none | | |" for name in ("salary", "overtime")),
        ),
        RALLY,
        {
            ("travel", "campaign"): "319794.20",
            ("overtime", PUBLIC): "5000.00",
            ("salary", PUBLIC): "12000.00",
        },
        "2019-05-16,Iowa,travel,311812.83,USD,,\n2019-05-16,Iowa,travel,7981.37,USD,,\n"
        "2019-06-08,Iowa,overtime,5000.00,USD,,\n2019-06-08,Iowa,salary,12000.00,USD,,\n",
    ),
    "the primary purpose pays the fare, the other what it adds": Way(
        "House Ethics; West Virginia AO 2020-04",
        ("mixed | | official first",),
        (
            "official first | airfare | nobody | none | | |",
            "official first | lodging | nobody | none | | |",
            "official first | added lodging | campaign | added only | | |",
        ),
        BOTH,
        {
            ("airfare", PUBLIC): "612.40",
            ("lodging", PUBLIC): "379.10",
            ("added lodging", "campaign"): "189.55",
        },
        "2019-06-08,Albany,airfare,612.40,USD,,\n2019-06-08,Albany,lodging,379.10,USD,,\n"
        "2019-06-10,Albany,added lodging,189.55,USD,,\n",
    ),
    "more than incidental makes the whole stop the campaign's": Way(
        "11 CFR 106.3(b)(3)",
        ("political, mixed | | campaign stop", "official | | official"),
        ("campaign stop | any other | campaign | full | | |", "official | any other | nobody | none | | |"),
        BOTH,
        {("airfare", "campaign"): "612.40", ("meals", "campaign"): "27.60"},
        "2019-06-08,Albany,airfare,612.40,USD,,\n2019-06-08,Albany,meals,27.60,USD,,\n",
    ),
    "share by time of the recorded cost": Way(
        "Office of Legal Counsel 1982; hours of the use of a day of eight",
        ("mixed | | by time",),
        ("by time | overtime | campaign | share by time | hours / 8 | |",),
        BOTH,
        {("overtime", "campaign"): "300.00", ("overtime", PUBLIC): "500.01"},
        "2019-06-08,Albany,overtime,800.01,USD,,\n",
    ),
    "share by time at the charter rate": Way(
        "New York State AO 07-03 and 07-05",
        ("mixed | | by time",),
        ("by time | flight hours | official | share by time | hours / 8 | 9000.00 |",),
        FLOWN,
        {("flight hours", "official"): "3375.00", ("flight hours", PUBLIC): "825.00"},
    ),
    "share by distance": Way(
        "a detour of 30 miles of 100",
        ("mixed | | by distance",),
        ("by distance | car rental | campaign | share by distance | 30/100 | |",),
        BOTH,
        {("car rental", "campaign"): "75.00", ("car rental", PUBLIC): "175.01"},
        "2019-06-08,Albany,car rental,250.01,USD,,\n",
    ),
    "share by heads, the odd cent to the rest": Way(
        "a dollar among three",
        ("mixed | | by heads",),
        (
            "by heads | car rental | guests | share by heads | 1/3 | | down",
            "by heads | car rental | party | share by heads | 1/3 | | down",
            "by heads | car rental | mayor | the rest | | |",
        ),
        BOTH,
        {
            ("car rental", "guests"): "0.33",
            ("car rental", "party"): "0.33",
            ("car rental", "mayor"): "0.34",
        },
        "2019-06-08,Albany,car rental,1.00,USD,,\n",
    ),
    "leg by leg": Way(
        "New Jersey 2011: 1,232.30 and 919.20 the governor, 1,232.29 the party",
        ("personal | | governor pays", "political | | party pays"),
        (
            "governor pays | flight hours | governor | full | | |",
            "party pays | flight hours | party | full | | |",
        ),
        HELICOPTER.format(hours=0.5, purpose=GAME, trip="a", invoiced="919.20")
        + HELICOPTER.format(hours=0.4, purpose=GAME, trip="b", invoiced="1232.30")
        + HELICOPTER.format(hours=0.3, purpose="Fundraiser with donors", trip="b", invoiced="1232.29"),
        {("flight hours", "governor"): "2151.50", ("flight hours", "party"): "1232.29"},
    ),
    "half of two legs, the odd cent to the governor": Way(
        "New Jersey 2011: 2,464.59 halved",
        ("mixed | | half each",),
        (
            "half each | flight hours | party | share by time | 1/2 | | down",
            "half each | flight hours | governor | the rest | | |",
        ),
        HELICOPTER.format(hours=1, purpose=f"{GAME}; fundraiser", trip="b", invoiced="2464.59"),
        {("flight hours", "governor"): "1232.30", ("flight hours", "party"): "1232.29"},
    ),
    "2,500 an hour": Way(
        "New Jersey 2011: the price of an hour; the hours are ours",
        ("personal | | governor pays",),
        ("governor pays | flight hours | governor | comparable rate | | 2500 x hours |",),
        HELICOPTER.format(hours=0.35, purpose=GAME, trip="a", invoiced="900.00"),
        {("flight hours", "governor"): "875.00", ("flight hours", PUBLIC): "25.00"},
    ),
    "a comparable fare instead of the aircraft": Way(
        "Price, Inspector General 2018: the own seat; the figures are ours",
        ("personal | | seat",),
        ("seat | flight hours | secretary | comparable fare | | 412.37 |",),
        HELICOPTER.format(hours=3, purpose="Family wedding", trip="a", invoiced="25000.00"),
        {("flight hours", "secretary"): "412.37", ("flight hours", PUBLIC): "24587.63"},
    ),
    "a charter rate instead of the operating cost": Way(
        "a charter rate of 3,600 an hour",
        ("political | | charter",),
        ("charter | flight hours | campaign | comparable rate | | 3600 x hours |",),
        HELICOPTER.format(hours=2.5, purpose="Campaign rally", trip="a", invoiced="4200.00"),
        {("flight hours", "campaign"): "9000.00", ("flight hours", PUBLIC): "-4800.00"},
    ),
    "by the mile": Way(
        "100 miles at 0.67",
        ("political | | campaign pays",),
        ("campaign pays | mileage | campaign | full | | |",),
        "2019-06-08,van,Millbrook - Albany,Mayor,,,160934,movement,Campaign rally,Albany,,\n",
        {("mileage", "campaign"): "67.00"},
        rates="van,mile,0.67,USD,2019-01-01,2019-12-31\n",
    ),
    "full cost and a loading of 25 percent": Way(
        "Australia, November 2014: 5,227.27",
        ("political | | loaded",),
        ("loaded | airfare | member | full plus 25 % | | |",),
        RALLY,
        {("airfare", "member"): "6534.09", ("airfare", PUBLIC): "-1306.82"},
        "2019-06-08,Iowa,airfare,5227.27,USD,,\n",
    ),
    "officers' overtime in or out": Way(
        "in for the campaign, out for the family: each arrangement says",
        ("political | | in", "personal | | out"),
        ("in | overtime | campaign | full | | |", "out | overtime | nobody | none | | |"),
        RALLY + "2019-06-09,,Millbrook - Lake,Mayor,,4,,movement,Family vacation,Lake,,\n",
        {("overtime", "campaign"): "410.25", ("overtime", PUBLIC): "99.75"},
        "2019-06-08,Iowa,overtime,410.25,USD,,\n2019-06-09,Lake,overtime,99.75,USD,,\n",
    ),
    "operation and temporary duty, pay left out": Way(
        "Government Accountability Office 2019",
        ("political, personal | | trip account",),
        (
            "trip account | operating | trip account | full | | |",
            "trip account | temporary duty | trip account | full | | |",
            "trip account | salary | nobody | none | | |",
        ),
        RALLY,
        {
            ("operating", "trip account"): "300.00",
            ("temporary duty", "trip account"): "20.50",
            ("salary", PUBLIC): "99.00",
        },
        "2019-06-08,Iowa,operating,300,USD,,\n2019-06-08,Iowa,temporary duty,20.50,USD,,\n"
        "2019-06-08,Iowa,salary,99,USD,,\n",
    ),
    "crew, and the empty leg before, to the agency that it was flown for": Way(
        "a leg called positioning bears the agency that it was flown for",
        ("positioning | | agency pays", "official | | agency pays"),
        ("agency pays | any other | {agency} | full | | |",),
        "2019-06-07,N1,Millbrook - Albany,,Commerce,0.5,,movement,Reposition aircraft,Albany,,\n"
        "2019-06-08,N1,Albany - Millbrook,Mayor,Commerce,0.5,,movement,Council meeting,Albany,,\n",
        {("flight hours", "Commerce"): "1400.00", ("crew lodging", "Commerce"): "118.00"},
        "2019-06-07,Albany,crew lodging,118.00,USD,,\n",
        "N1,hour,1400.00,USD,,\n",
    ),
    "an advance team": Way(
        "work before the visit is the campaign's where the visit is",
        ("political | advance | advance", "political | not advance | visit"),
        ("advance | any other | campaign | full | | |", "visit | any other | nobody | none | | |"),
        "2019-06-06,,Millbrook - Des Moines,Officer,,4,,advance,Advance work for campaign rally,ahead,,\n"
        + RALLY,
        {("lodging", "campaign"): "240.00", ("lodging", PUBLIC): "120.00"},
        "2019-06-06,ahead,lodging,240.00,USD,,\n2019-06-08,Iowa,lodging,120.00,USD,,\n",
    ),
    "two principals on one day": Way(
        "each trip by its own purpose; a bill of both, of which no rule says more, stays open",
        ("official | | official", "personal | | family pays"),
        ("official | any other | nobody | none | | |", "family pays | any other | family | full | | |"),
        "2019-06-08,,Millbrook - Albany,Mayor,,3,,movement,Council meeting,mayor,,\n"
        "2019-06-08,,Millbrook - Lake,First Lady,,3,,movement,Family vacation,spouse,,\n"
        "2019-06-09,,Albany - Troy,Mayor,,1,,movement,Council meeting,both,,\n"
        "2019-06-09,,Lake - Troy,First Lady,,1,,movement,Family vacation,both,,\n",
        {
            ("lodging", PUBLIC): "100.00",
            ("lodging", "family"): "200.00",
            ("lodging", "undetermined"): "300.00",
        },
        "2019-06-08,mayor,lodging,100,USD,,\n2019-06-08,spouse,lodging,200,USD,,\n"
        "2019-06-09,both,lodging,300,USD,,\n",
    ),
    "a trip that was called off": Way(
        "what was paid and what was given back are of the trip as it was planned",
        ("political | | campaign trip",),
        ("campaign trip | any other | campaign | full | | |",),
        "2019-06-08,,Millbrook - Des Moines,Mayor,,0,,movement,Campaign rally (called off),Iowa,,\n",
        {("airfare", "campaign"): "380.00"},
        "2019-05-20,Iowa,airfare,500.00,USD,,\n2019-06-20,Iowa,airfare,-120.00,USD,,refund\n",
    ),
    "late invoices": Way(
        "Wisconsin 2015: 57,864 paid and 67,281 owed are 125,145",
        ("political | | campaign trip",),
        ("campaign trip | any other | campaign | full | | |",),
        "2015-06-08,,Madison - Des Moines,Governor,,4,,movement,Campaign rally,Iowa,,\n",
        {("travel", "campaign"): "125145.00"},
        "2015-06-08,Iowa,travel,57864.00,USD,2015-07-15,\n2015-06-08,Iowa,travel,67281.00,USD,2015-10-20,\n",
    ),
    "the rounding that the rule names": Way(
        "half of 0.03, four ways",
        ("political | | halves",),
        (
            "halves | airfare | campaign | share by time | 1/2 | | half up",
            "halves | lodging | campaign | share by time | 1/2 | | half even",
            "halves | meals | campaign | share by time | 1/2 | | down",
            "halves | car rental | campaign | share by time | 1/2 | | up",
        ),
        RALLY,
        {
            ("airfare", "campaign"): "0.02", ("airfare", PUBLIC): "0.01",
            ("lodging", "campaign"): "0.02", ("lodging", PUBLIC): "0.01",
            ("meals", "campaign"): "0.01", ("meals", PUBLIC): "0.02",
            ("car rental", "campaign"): "0.02", ("car rental", PUBLIC): "0.01",
        },
        "".join(
            f"2019-06-08,Iowa,{name},0.03,USD,,\n" for name in ("airfare", "lodging", "meals", "car rental")
        ),
    ),
}  # fmt: skip


@pytest.fixture
def audited(tmp_path: Path) -> Callable[[Way], Engine]:
    """The audit of a way, down to its account: rulebook and records are files, taken in as a user does."""

    def run(way: Way) -> Engine:
        folder = tmp_path / "records"
        folder.mkdir()
        (tmp_path / "rulebook.md").write_text(way.rulebook(), "utf-8")
        tables = {"log_entries": LOG + way.log, "vehicles": "vehicle,kind\nN1,helicopter\nvan,van\n"}
        tables |= {"expenses": SPENT + way.expenses} if way.expenses else {}
        tables |= {"rates": RATES + way.rates} if way.rates else {}
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, "utf-8")
        settings = Settings(title="a way", jurisdiction=PUBLIC, time_zone="America/New_York")
        with Book.create(tmp_path / "way.book", settings) as book:
            take_in(book, [folder])
            engine = Engine()
            book.relations(engine, None)
            assert engine.count("set_aside") == 0
            rulebook = load(tmp_path / "rulebook.md")
            movements(engine, settings)
            decide(engine, rulebook)
            account(engine, rulebook, settings)
        return engine

    return run


@pytest.mark.parametrize("name", WAYS)
def test_a_way_is_said_by_a_rulebook_and_reached_to_the_cent(
    name: str, audited: Callable[[Way], Engine]
) -> None:
    way = WAYS[name]
    with audited(way) as engine:
        found = engine.rows(
            "SELECT cost_class, payer, sum(amount) FROM allocations GROUP BY ALL HAVING sum(amount) <> 0"
        )
        why = engine.rows("SELECT DISTINCT payer, method FROM allocations ORDER BY ALL")
        assert {(kind, payer): amount for kind, payer, amount in found} == {
            key: Decimal(amount) for key, amount in way.shares.items()
        }, why
        apart = engine.rows(
            "SELECT c.cost_id FROM costs AS c LEFT JOIN allocations AS a USING (cost_id) "
            "GROUP BY c.cost_id, c.amount HAVING sum(a.amount) IS DISTINCT FROM c.amount"
        )
        assert apart == [], "the shares of a cost add up to it"
        owed = dict(engine.rows("SELECT payer, sum(amount) FROM receivables GROUP BY payer"))
        assert owed == {
            payer: sum(Decimal(amount) for (_, who), amount in way.shares.items() if who == payer)
            for _, payer in way.shares
            if payer not in (PUBLIC, "undetermined")
        }


def test_a_cost_counts_in_the_month_of_travel_and_says_when_it_was_posted(
    audited: Callable[[Way], Engine],
) -> None:
    with audited(WAYS["late invoices"]) as engine:
        months = engine.rows(
            "SELECT strftime(c.day, '%Y-%m'), strftime(c.posted_on, '%Y-%m'), sum(a.amount) "
            "FROM costs AS c JOIN allocations AS a USING (cost_id) GROUP BY ALL ORDER BY ALL"
        )
    assert months == [
        ("2015-06", "2015-07", Decimal("57864.00")),
        ("2015-06", "2015-10", Decimal("67281.00")),
    ]


def test_a_bill_of_two_trips_says_why_it_is_open(audited: Callable[[Way], Engine]) -> None:
    with audited(WAYS["two principals on one day"]) as engine:
        ((method,),) = engine.rows("SELECT method FROM allocations WHERE payer = 'undetermined'")
    assert method == (
        "undetermined: the uses this expense belongs to fall under different arrangements (family pays, "
        "official), and no rule splits it"
    )
