"""House, executive and election trips: who bears what of a trip under three federal rules."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.precedents.case import decided, shipped
from wardbook.policy.costs import PUBLIC_BODY as PUBLIC

HOUSE = "us-house/primary-purpose.md"
EXECUTIVE = "us-executive/time-share-1982.md"
ELECTIONS = "us-federal-elections/campaign-stop.md"

FARE, NIGHT = Decimal("612.40"), Decimal("189.55")


def test_the_secondary_purpose_pays_only_what_it_adds(root: Path) -> None:
    table = """
| case | date | primary purpose | secondary purpose | part served | cost airfare | cost lodging |
|-|-|-|-|-|-|-|
| the fare | 2022-05-02 | official | campaign | primary | 612.40 | |
| its nights | 2022-05-02 | official | campaign | primary | | 379.10 |
| added night | 2022-05-02 | official | campaign | secondary | | 189.55 |
"""
    fare, nights, added = decided(shipped(root, HOUSE), table)
    assert fare.amount("airfare", PUBLIC) == FARE
    assert nights.amount("lodging", PUBLIC) == 2 * NIGHT
    assert added.amount("lodging", "campaign") == NIGHT
    assert added.amount("lodging", PUBLIC) == 0


def test_every_pair_of_purposes_has_one_payer_of_the_airfare(root: Path) -> None:
    purposes = ("official", "connected", "campaign", "personal")
    bearer = {"official": PUBLIC, "connected": "sponsor", "campaign": "campaign", "personal": "traveler"}
    pairs = [(first, second) for first in purposes for second in purposes if first != second]
    table = (
        "| case | date | primary purpose | secondary purpose | part served | campaign fundraiser "
        "| cost airfare | cost lodging |\n|---|---|---|---|---|---|---|---|\n"
    )
    # Only a campaign may have a fundraiser; none is on record as attended.
    rows = "".join(
        f"| {a}-{b} | 2022-05-02 | {a} | {b} | secondary | no | 612.40 | 189.55 |\n" for a, b in pairs
    )
    for (first, second), record in zip(pairs, decided(shipped(root, HOUSE), table + rows), strict=True):
        assert record.amount("airfare", bearer[first]) == FARE, (first, second)
        assert record.amount("lodging", bearer[second]) == NIGHT, (first, second)


def test_eleven_days_of_which_under_three_were_official_do_not_bear_it_out(root: Path) -> None:
    table = """
| case | date | primary purpose | secondary purpose | part served | primary days | secondary days |
|-|-|-|-|-|-|-|
| the trip | 2022-05-02 | official | personal | secondary | 2 | 9 |
"""
    (record,) = decided(shipped(root, HOUSE), table)
    assert record.outcomes["days_bear_it_out"] == "no"
    assert record.outcomes["costs"] == "traveler, airfare House"


def test_the_executive_parts_by_time_and_the_aircraft_at_a_fare(root: Path) -> None:
    table = """
| case | date | on the trip for | election campaign | political hours\
 | event hours | commercial fare | cost lodging | cost aircraft |
|-|-|-|-|-|-|-|-|-|
| mixed | 1983-10-03 | both | no | 2 | 5 | 612.40 | 189.55 | 9000.00 |
| in '84 | 1984-10-03 | both | yes | 2 | 5 | 612.40 | 189.55 | 9000.00 |
"""
    mixed, campaign = decided(shipped(root, EXECUTIVE), table)
    assert mixed.amount("lodging", "political committee") == Decimal("75.82")
    assert mixed.amount("lodging", PUBLIC) == Decimal("113.73")
    assert mixed.amount("aircraft", "political committee") == Decimal("244.96")
    assert campaign.outcomes["costs"] is None
    assert "Federal Election Commission" in " ".join(campaign.missing)


def test_more_than_incidental_makes_the_whole_stop_the_campaigns(root: Path) -> None:
    table = """
| case | date | traveler | campaign activity | paid with federal money\
 | made anyway | vacation day | cost airfare | cost lodging |
|-|-|-|-|-|-|-|-|-|
| a rally | 2019-06-08 | candidate | more than incidental | no | no | no | 612.40 | 189.55 |
| a chat at the door | 2019-06-08 | candidate | incidental | no | no | no | 612.40 | 189.55 |
| a trip made anyway | 2019-06-08 | candidate | more than incidental | no | yes | no | 612.40 | |
"""
    rally, chat, anyway = decided(shipped(root, ELECTIONS), table)
    assert (rally.amount("airfare", "campaign"), rally.amount("lodging", "campaign")) == (FARE, NIGHT)
    assert (chat.amount("airfare", PUBLIC), chat.amount("lodging", PUBLIC)) == (FARE, NIGHT)
    assert (rally.outcomes["stop"], chat.outcomes["stop"]) == ("campaign", "not campaign")
    assert anyway.amount("airfare", PUBLIC) == FARE
