"""Facts of uses: each answer beside the record that gives it, and a plain twin for the rider facts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.link.books import SETTINGS, entry, judgement, linked
from wardbook.intake.riders import split_riders
from wardbook.link.purposes import CLASSES, NEUTRAL, purpose_words
from wardbook.records.engine import Engine
from wardbook.records.schema import FACT_BASES, FACTS
from wardbook.records.settings import Settings

GOVERNOR = {
    "name": "Jim Justice",
    "role": "principal",
    "protectee": True,
    "valid_from": "2021-01-01",
    "valid_to": "2021-12-31",
}


def fact(book: Engine, name: str) -> Any:
    return book.one(f"SELECT {name} FROM facts")


def basis(book: Engine, name: str) -> str:
    return str(book.one("SELECT basis FROM fact_bases WHERE fact = ?", [name]))


@pytest.mark.parametrize(
    ("stated", "purpose"),
    [
        ("Quarterly Inspections of Mining Permits", "official"),
        ("Attend groundbreaking", "official"),
        ("Meeting with Qatar Investment Group", "official"),
        ("Search for Missing Person; WVSP Beckley", "emergency"),
        ("Flood detail", "emergency"),
        ("Search for Fleeing Suspect", "law enforcement"),
        ("ERAD Kanawha", "law enforcement"),
        ("NVG Training Mission", "training"),
        ("Deliver aircraft to vendor for maintenance", "maintenance"),
        ("Return aicraft to service post- mainteannce", "maintenance"),
        ("Reposition aircraft to LWB for morning departure 07/29/19", "positioning"),
        ("Presidential Visit Detail", "protective"),
        ("Campaign fundraiser in Miami", "political"),
        ("Campaign meeting", "political"),
        ("Campaign rally and bridge inspection", "mixed"),
        ("Drove the mayor's son to work", "personal"),
        ("Moving furniture from the apartment", "personal"),
        ("Dry cleaning", "errand"),
        ("Kick-off of the vaccination campaign", None),
        ("Press conference on the campaign against litter", "official"),
        ("Mine inspection; no campaign activity", "official"),
        ("Not a campaign or political event", None),
        ("Non-political site visit", "official"),
        ("Not a private trip: bridge inspection", "official"),
        ("No private aircraft to be had; campaign rally", "political"),
        ("Campaign rally, not official travel", "mixed"),
        ("Pep rally at the high school", None),
        ("Trooper candidate interviews", None),
        ("Candidate for Senate: campaign stop", "political"),
        ("Flight cancelled due to winds", None),
        ("After an event", None),
        ("in concert with the airport", None),
        (None, None),
    ],
)
def test_purposes(stated: str | None, purpose: str | None) -> None:
    with linked([entry("1", stated_purpose=stated, agency="Governor's Office")]) as book:
        assert fact(book, "purpose") == purpose
        assert fact(book, "purpose_stated") is (stated is not None)


def test_positioning_is_said_only_of_a_use_without_riders() -> None:
    with linked(
        [entry("1", stated_purpose="Reposition aircraft", riders_text="Governor Jim Justice")]
    ) as book:
        assert fact(book, "purpose") is None


def test_a_judgement_of_purpose_wins() -> None:
    said = judgement("purpose", "1", None, "political")
    with linked([entry("1", stated_purpose="Inspection")], judgements=[said]) as book:
        assert fact(book, "purpose") == "political"
        assert "judgement of the auditor" in basis(book, "purpose")


def test_every_word_has_a_known_class() -> None:
    assert {word.purpose for word in purpose_words()} <= {*CLASSES, NEUTRAL}


@pytest.mark.parametrize(
    ("riders", "known", "principal", "family", "security"),
    [
        ("Governor Jim Justice, Security", True, True, False, True),
        ("First Lady Cathy Justice, Ann Lee", True, False, True, False),
        ("Ann Lee", True, False, False, False),
        ("Sgt Kuhn", True, False, False, None),
        (None, False, None, None, None),
    ],
)
def test_who_was_aboard(riders: str | None, known: bool, principal: Any, family: Any, security: Any) -> None:
    with linked([entry("1", riders_text=riders)]) as book:
        assert fact(book, "riders_known") is known
        assert fact(book, "principal_aboard") is principal
        assert fact(book, "family_aboard") is family
        assert fact(book, "security_aboard") is security
        assert "no register of people" in basis(book, "protectee_aboard")


def test_a_name_without_its_title_is_not_known() -> None:
    rows = [entry("1", riders_text="Governor Pat Doe"), entry("2", day="2016-01-01", riders_text="Pat Doe")]
    with linked(rows) as book:
        assert book.rows("SELECT date, principal_aboard FROM facts ORDER BY date DESC")[1][1] is None


def test_the_register_and_the_settings_name_the_office_holder() -> None:
    flight = [entry("1", riders_text="Jim Justice")]
    with linked(flight, people=[GOVERNOR]) as book:
        assert (fact(book, "principal_aboard"), fact(book, "protectee_aboard")) == (True, True)
        assert book.one("SELECT sources FROM fact_bases WHERE fact = 'principal_aboard'") == ["1", "people-0"]
    with linked([flight[0] | {"day": "2023-05-03"}], people=[GOVERNOR]) as book:
        assert (fact(book, "principal_aboard"), fact(book, "protectee_aboard")) == (False, False)
    named = Settings(home_region="WV", principal_names=("Jim Justice",))
    with linked(flight, settings=named) as book:
        assert (fact(book, "principal_aboard"), fact(book, "protectee_aboard")) == (True, True)
    with linked([entry("1", riders_text="Governor")], people=[GOVERNOR]) as book:
        assert fact(book, "protectee_aboard") is True


@pytest.mark.parametrize(
    ("route", "outside"),
    [
        ("CRW-Lewisburg-CRW", False),
        ("CRW-Washington, DC-CRW", True),
        ("CRW-Mingo-CRW", None),
        ("CRW-Mingo-Bristol, TN", True),
        (None, None),
    ],
)
def test_outside_the_jurisdiction(route: str | None, outside: bool | None) -> None:
    with linked([entry("1", route_text=route)]) as book:
        assert fact(book, "outside_jurisdiction") is outside


def test_residence_and_campaign_places_need_a_register() -> None:
    flight = [entry("1", route_text="Elm House-City Hall")]
    with linked(flight) as book:
        assert (fact(book, "from_residence"), fact(book, "campaign_place")) == (None, None)
    home = {"name": "Elm House", "kind": "residence", "inside_jurisdiction": True}
    office = {"name": "Storefront", "kind": "campaign office"}
    with linked(flight, places=[home, office]) as book:
        assert (fact(book, "from_residence"), fact(book, "campaign_place")) == (True, False)
        assert book.one("SELECT sources FROM fact_bases WHERE fact = 'from_residence'") == ["1", "places-0"]
    with linked(
        [entry("1", route_text="City Hall-Elm House-Storefront-City Hall")], places=[home, office]
    ) as book:
        assert (fact(book, "from_residence"), fact(book, "campaign_place")) == (False, True)


@pytest.mark.parametrize(
    ("grant", "authorized"),
    [
        ({"vehicle": "N1WV"}, True),
        ({"vehicle": "N9WV"}, False),
        ({"person": "Ann Lee"}, True),
        ({"person": "Bo Day"}, False),
        ({"valid_from": "2021-06-01"}, False),
        ({"valid_from": "2021-05-03", "valid_to": "2021-05-03"}, True),
    ],
)
def test_authorizations(grant: dict[str, Any], authorized: bool) -> None:
    with linked([entry("1", riders_text="Ann Lee")], authorizations=[grant]) as book:
        assert fact(book, "authorization_in_force") is authorized


def test_an_authorization_named_by_the_log_counts() -> None:
    with linked([entry("1")]) as book:
        assert fact(book, "authorization_in_force") is None
    rows = [entry("1", authorized_by="Chief of Staff"), entry("2", day="2021-05-04")]
    with linked(rows) as book:
        assert book.rows("SELECT authorization_in_force FROM facts ORDER BY date") == [(True,), (False,)]


def test_assessments_and_declining() -> None:
    flight = [entry("1", riders_text="Governor Jim Justice")]
    asks = {"person": "Jim Justice", "recommends_protection": True, "valid_from": "2021-01-01"}
    with linked(flight, people=[GOVERNOR]) as book:
        assert (fact(book, "assessment_in_force"), fact(book, "declined")) == (None, None)
    with linked(
        flight, people=[GOVERNOR], assessments=[asks], declined=[{"person": "Gov. Jim Justice"}]
    ) as book:
        assert (fact(book, "assessment_in_force"), fact(book, "declined")) == (True, True)
    late = asks | {"valid_from": "2021-06-01"}
    with linked(flight, people=[GOVERNOR], assessments=[late], declined=[{"person": "Ann Lee"}]) as book:
        assert (fact(book, "assessment_in_force"), fact(book, "declined")) == (False, False)
    unclear = asks | {"recommends_protection": None}
    with linked(flight, people=[GOVERNOR], assessments=[unclear]) as book:
        assert fact(book, "assessment_in_force") is None


@pytest.mark.parametrize(
    ("logged", "late"),
    [("2021-05-05T03:59:00Z", False), ("2021-05-05T04:01:00Z", True), (None, None)],
)
def test_made_after_event_counts_from_the_local_end_of_day(logged: str | None, late: bool | None) -> None:
    with linked([entry("1", logged_at=logged)]) as book:
        assert fact(book, "made_after_event") is late


# ---------------------------------------------------------------- a twin, and the shape


def twin(text: str | None, elsewhere: set[str]) -> tuple[bool | None, bool | None]:
    """Principal and security aboard, by a plain reading of the list; ``elsewhere``: titled principals."""
    riders = split_riders(text)
    if not riders:
        return None, None
    roles = {rider.role for rider in riders}
    untitled = any(rider.role is None and rider.name_key in elsewhere for rider in riders)
    principal = True if "principal" in roles else None if untitled else False
    security = True if "security" in roles else None if "officer" in roles else False
    return principal, security


ITEMS = ["Governor Pat Doe", "Pat Doe", "Security", "Sgt Kuhn", "Ann Lee", "+1"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.sampled_from(ITEMS), max_size=3, unique=True), min_size=1, max_size=5))
def test_rider_facts_are_those_of_the_twin(lists: list[list[str]]) -> None:
    rows = [
        entry(str(n), day=f"2021-05-{n + 1:02}", riders_text=", ".join(items) or None)
        for n, items in enumerate(lists)
    ]
    elsewhere = {"pat doe"} if any("Governor Pat Doe" in items for items in lists) else set()
    with linked(rows) as book:
        found = book.rows("SELECT principal_aboard, security_aboard FROM facts ORDER BY date")
        assert found == [twin(row["riders_text"], elsewhere) for row in rows]
        assert book.count("facts") == book.count("uses") == len(rows)


def test_every_fact_has_one_basis_with_its_sources() -> None:
    with linked(
        [entry("1", riders_text="Ann Lee"), entry("2", day=None, vehicle=None, task="post")], SETTINGS
    ) as book:
        assert tuple(row[:2] for row in book.rows("DESCRIBE fact_bases")) == tuple(
            (c.name, c.type) for c in FACT_BASES.columns
        )
        wanted = {(name, 2) for name in FACTS.names[1:]}
        assert set(book.rows("SELECT fact, count(*) FROM fact_bases GROUP BY fact")) == wanted
        assert book.one("SELECT count(*) FROM fact_bases WHERE basis IS NULL OR len(sources) = 0") == 0
