"""The index of sentences as it stands on paper: short, and every number in it.

Sentences that follow each other and rest on the same stand under one entry; the places of records stand
under the exhibit that holds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from wardbook.report.forms.numbered import IndexEntry, SourcePlace

_PLACES = 4
"""So many places an entry names; the attached report.json has all."""


def index_data(entries: Sequence[IndexEntry]) -> list[dict[str, Any]]:
    """The entries for the template: runs of numbers (first and last), how they are supported, and by what."""
    return [
        {"runs": list(_runs([one.number for one in alike])), "kind": kind, "support": support}
        for (kind, support), alike in groupby(entries, key=lambda one: (one.support, _support(one)))
    ]


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    for _, run in groupby(enumerate(numbers), key=lambda one: one[1] - one[0]):
        kept = [number for _, number in run]
        yield [kept[0], kept[-1]]


def _support(entry: IndexEntry) -> str:
    if entry.sentence.withheld:
        return f"Withheld: {entry.sentence.withheld}"
    if entry.rests_on:
        return f"Rests on {', '.join(map(str, entry.rests_on))}, by {entry.sentence.method}."
    left = entry.more + max(len(entry.sources) - _PLACES, 0)
    more = f" and {left:,d} more records" if left else ""
    places = "; ".join(_places(entry.sources[:_PLACES]))
    return (
        f"{places}{more}."
        if places
        else f"{entry.sentence.sources_total:,d} records, not shown in this version."
    )


def _places(sources: Sequence[SourcePlace]) -> Iterator[str]:
    """Each exhibit with the places in it; the page or the word ``line`` is said once."""
    for exhibit, own in groupby(sources, key=lambda one: one.exhibit):
        said: list[str] = []
        last = ""
        for place in (one.place for one in own):
            lead, space, number = place.rpartition(" ")
            said.append(number if said and lead == last and space else place)
            last = lead
        yield f"{exhibit}, {', '.join(said)}" if exhibit else ", ".join(said)
