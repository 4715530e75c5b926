"""Whom another record has elsewhere: not known to be aboard, until a person judges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.link.books import judgement, linked
from tests.link.car_day import (
    ATHENS_OHIO,
    DAY,
    HOME,
    OFFICE,
    PLACES,
    car_and_phone,
    drive_entry,
    driven,
    hours,
    parked,
    tracked,
)
from wardbook.records.engine import Engine

REGISTER = [{"name": "Jim Justice", "role": "principal", "protectee": True}]
ASSESSED = [{"person": "Jim Justice", "recommends_protection": True}]
LOG = [drive_entry("e1", 0, 0.34, riders_text="Governor Jim Justice; Ann Lee")]
PHONE = [{"device": "PIXEL 7", "kind": "phone", "person": "Jim Justice"}]


def phone_and_car(place: tuple[int, int]) -> dict[str, Any]:
    """The car's drive from home to the office, and a phone at a place meanwhile."""
    return car_and_phone(*((DAY + timedelta(minutes=5 * n), place) for n in range(5)))


def book(place: tuple[int, int], **tables: Any) -> Engine:
    given: dict[str, Any] = {
        "places": PLACES,
        "people": REGISTER,
        "assessments": ASSESSED,
        "assignments": PHONE,
    }
    return linked(LOG, **given, **phone_and_car(place), **tables)


def facts(engine: Engine) -> tuple[Any, ...]:
    (row,) = engine.rows("SELECT principal_aboard, protectee_aboard, assessment_in_force FROM facts")
    return row


def basis(engine: Engine, fact: str = "protectee_aboard") -> tuple[str, list[str]]:
    ((words, sources),) = engine.rows("SELECT basis, sources FROM fact_bases WHERE fact = ?", [fact])
    return words, sources


def test_a_phone_near_the_vehicle_doubts_nothing() -> None:
    with book(OFFICE) as engine:
        assert facts(engine) == (True, True, True)
        assert engine.count("presence_doubted") == 0


def test_a_phone_elsewhere_makes_it_unknown_who_was_aboard_and_says_why() -> None:
    with book(ATHENS_OHIO) as engine:
        assert facts(engine) == (None, None, None)
        words, sources = basis(engine)
        assert words.startswith(
            'rider list "Governor Jim Justice; Ann Lee" names one, but the phone of jim justice was 1'
        )
        assert " km or more away, 2021-05-03 08:00 to 08:20: not known" in words
        assert "phone-t1" in sources


def test_a_judgement_settles_who_was_aboard() -> None:
    aboard = judgement("aboard", "e1", "Jim Justice", "same")
    with book(ATHENS_OHIO, judgements=[aboard]) as engine:
        assert facts(engine) == (True, True, True)
        assert basis(engine)[0].endswith(
            "; judged: jim justice was aboard (the auditor on 2024-01-01: the badge number)"
        )
    away = judgement("aboard", "e1", "Jim Justice", "different", at="2024-01-02T00:00:00Z")
    with book(ATHENS_OHIO, judgements=[aboard, away]) as engine:
        assert facts(engine) == (False, False, False)
        assert "judged: jim justice was not aboard" in basis(engine)[0]
        assert engine.count("presence_doubted") == 0


def test_a_judgement_puts_a_person_aboard_whom_no_list_names() -> None:
    log = [drive_entry("e1", 0, 0.34, riders_text="Ann Lee")]
    with linked(log, people=REGISTER) as engine:
        assert facts(engine)[:2] == (False, False)
    added = [judgement("aboard", "e1", "Jim Justice", "same")]
    with linked(log, people=REGISTER, judgements=added) as engine:
        assert facts(engine)[:2] == (True, True)


def test_an_office_on_the_list_goes_with_its_person() -> None:
    """The list says Governor only: the register names the person, and both are doubted or taken away."""
    log = [drive_entry("e1", 0, 0.34, riders_text="Governor")]
    given = {"places": PLACES, "people": REGISTER, "assignments": PHONE, **phone_and_car(ATHENS_OHIO)}
    with linked(log, **given) as engine:
        assert facts(engine)[:2] == (None, None)
    away = [judgement("aboard", "e1", "Jim Justice", "different")]
    with linked(log, **given, judgements=away) as engine:
        assert facts(engine)[:2] == (False, False)


def two_cars(recorded: bool) -> dict[str, Any]:
    first = tracked(iter([*parked(HOME, DAY - hours(1), DAY), *driven(HOME, OFFICE, DAY, 20)]))
    if not recorded:
        return first
    other = tracked(iter([*parked(OFFICE, DAY - hours(1), DAY), *driven(OFFICE, ATHENS_OHIO, DAY, 60)]), "C3")
    for row in (*other["tracks"], *other["fixes"]):
        row["record_id"] = "c3-" + row["record_id"]
    for row in other["fixes"]:
        row["track_id"] = "c3-t1"
    return {name: [*first[name], *other[name]] for name in first}


def test_two_recorded_movements_at_once_doubt_both_and_written_times_neither() -> None:
    one = drive_entry("e1", 0, 0.34, riders_text="Governor Jim Justice")
    other = drive_entry("e2", 0, 1, riders_text="Governor Jim Justice")
    other["vehicle"] = "C3"
    for recorded, known in ((True, None), (False, True)):
        with linked([one, other], people=REGISTER, places=PLACES, **two_cars(recorded)) as engine:
            assert engine.count("two_vehicles") == 1
            assert engine.rows("SELECT protectee_aboard FROM facts") == [(known,), (known,)]
            told = [words for (words,) in engine.rows("SELECT words FROM presence_doubted ORDER BY words")]
            wanted = [f"jim justice is aboard {v} as well, 2021-05-03 08:00 to 08:1" for v in ("C2", "C3")]
            assert [words[: len(wanted[0])] for words in told] == (wanted if recorded else [])


def test_of_two_protectees_one_beyond_doubt_is_enough() -> None:
    log = [drive_entry("e1", 0, 0.34, riders_text="Governor Jim Justice; Cathy Justice")]
    register = [*REGISTER, {"name": "Cathy Justice", "role": "spouse", "protectee": True}]
    declined = [{"person": "Cathy Justice"}]
    given = {"places": PLACES, "assignments": PHONE, "declined": declined, **phone_and_car(ATHENS_OHIO)}
    with linked(log, people=register, **given) as engine:
        assert engine.rows("SELECT principal_aboard, protectee_aboard, declined FROM facts") == [
            (None, True, None)
        ]
