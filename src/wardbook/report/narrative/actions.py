"""The recommendations: numbered, addressed, and two states of each: accepted, and implemented."""

from __future__ import annotations

from collections.abc import Iterator

from wardbook.report.narrative.document import Paragraph, Section
from wardbook.report.narrative.sentence import Sentence, Told
from wardbook.report.narrative.teller import Said, Teller


def recommendations(teller: Teller) -> Iterator[Section]:
    """The recommendations on record, in the order of their numbers."""
    rows = teller.engine.dicts("SELECT * FROM recommendations ORDER BY number NULLS LAST, record_id")
    if not rows:
        return
    blocks = tuple(
        Paragraph(tuple(_told(teller, row, place)), f"Recommendation {row['number'] or place + 1}")
        for place, row in enumerate(rows)
    )
    yield Section("recommendations", "Recommendations", 1, blocks)


def _told(teller: Teller, row: dict[str, object], place: int) -> Iterator[Sentence]:
    source = [str(row["record_id"])]
    answers = (" It answers ", Told(str(row["finding"]), "record"), ".") if row["finding"] else ()
    yield teller.fact(
        f"recommendation.{place}",
        "To ",
        Told(str(row["addressee"] or "an addressee not named"), "record"),
        ": ",
        Told(str(row["recommendation"] or "(no words on record)"), "record"),
        *answers,
        " ",
        sources=source,
    )
    for state, nothing in (("accepted", "no answer is on record"), ("implemented", "not known")):
        yield teller.fact(
            f"recommendation.{place}.{state}",
            f"{state.capitalize()}: ",
            *_state(row[state], row[f"{state}_on"], nothing),
            " ",
            sources=source,
        )
    if row["response"]:
        yield teller.fact(
            f"recommendation.{place}.response",
            "The answer: ",
            Told(f"“{row['response']}”", "record"),
            " ",
            sources=source,
        )


def _state(value: object, day: object, nothing: str) -> tuple[Said, ...]:
    when: tuple[Said, ...] = (", ", Told(str(day), "record")) if day else ()
    return ("yes" if value else nothing if value is None else "no", *when, ".")
