"""Which sentences differ between two reports: what a changed record changes, sentence by sentence."""

from __future__ import annotations

from dataclasses import dataclass

from wardbook.report.narrative.document import Document
from wardbook.report.narrative.sentence import Sentence

ADDED, REMOVED, REWORDED, RESOURCED = "added", "removed", "changed", "other sources"


@dataclass(frozen=True)
class Change:
    """One sentence that differs: its id, how, and as it stands in either report."""

    id: str
    kind: str
    before: str
    after: str


def changes(before: Document, after: Document) -> tuple[Change, ...]:
    """Every sentence that was added, removed, reads otherwise, or rests on other records."""
    old = {one.id: one for one in before.sentences}
    new = {one.id: one for one in after.sentences}
    found = [_change(old.get(name), new.get(name), name) for name in dict.fromkeys((*old, *new))]
    return tuple(one for one in found if one is not None)


def _change(old: Sentence | None, new: Sentence | None, name: str) -> Change | None:
    if old is None or new is None:
        kind = ADDED if old is None else REMOVED
        return Change(name, kind, old.text.strip() if old else "", new.text.strip() if new else "")
    if old.text != new.text:
        return Change(name, REWORDED, old.text.strip(), new.text.strip())
    if (old.sources, old.sources_total, old.rests_on) != (new.sources, new.sources_total, new.rests_on):
        return Change(name, RESOURCED, old.text.strip(), new.text.strip())
    return None
