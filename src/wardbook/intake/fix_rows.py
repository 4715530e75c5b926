"""The fixes of an exhibit as rows of the book, for ``fixes``, ``source_rows`` and ``tracks``.

A file of positions has a row for each second of a drive; its rows go from columns to files without becoming
a mapping each. Each fix is a source row of its own, numbered like every other; a track, which is a run of
them, bears the number of its first fix and ``#track``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wardbook.intake.reader import Exhibit
from wardbook.records.schema import FIXES, YESNO
from wardbook.records.source import NOTHING, Fixes

_YES_NO = frozenset(column.name for column in FIXES.columns if column.type == YESNO)


@dataclass(frozen=True)
class Written:
    """The rows of ``tracks``, the files of JSON lines by table, and how many fixes they hold."""

    tracks: tuple[dict[str, Any], ...]
    files: dict[str, Path]
    fixes: int


def write_fixes(exhibit: Exhibit, tracks: Sequence[Fixes], seen: dict[str, int]) -> Written:
    """Write the fixes of an exhibit beside its staged copy; ``seen`` counts rows by place."""
    files = {
        table: exhibit.path.with_name(f"{exhibit.path.name}.{table}.jsonl")
        for table in ("fixes", "source_rows")
    }
    rows: list[dict[str, Any]] = []
    with (
        files["fixes"].open("w", encoding="utf-8") as fixes,
        files["source_rows"].open("w", encoding="utf-8") as sources,
    ):
        for track in tracks:
            ids = [record_id(exhibit, track.page, line, seen) for line in track.lines]
            track_id = f"{ids[0]}#track"
            rows.append(_track_row(exhibit, track, track_id))
            fixes.writelines(_fix_lines(exhibit, track, ids, track_id))
            sources.writelines(_source_lines(exhibit, track, ids))
    return Written(tuple(rows), files, sum(len(track) for track in tracks))


def record_id(exhibit: Exhibit, page: int | None, line: int | None, seen: dict[str, int]) -> str:
    """The record_id of a place; ``seen`` counts the rows at each place, so that the second is ``.2``."""
    name = f"{exhibit.sha256[:12]}:{page or 0}:{line or 0}"
    count = seen[name] = seen.get(name, 0) + 1
    return name if count == 1 else f"{name}.{count}"


def _track_row(exhibit: Exhibit, track: Fixes, track_id: str) -> dict[str, Any]:
    source = {"record_id": track_id, "exhibit": exhibit.sha256, "page": track.page, "line": track.lines[0]}
    return {**source, "raw_text": None, **track.track, "fixes": len(track)}


def _fix_lines(exhibit: Exhibit, track: Fixes, ids: Sequence[str], track_id: str) -> Iterator[str]:
    shared = json.dumps(
        {
            "exhibit": exhibit.sha256,
            "page": track.page,
            "track_id": track_id,
            "vehicle": track.track.get("vehicle"),
        },
        ensure_ascii=False,
    )[:-1].replace("%", "%%")
    columns = [(name, *_cells(name, column)) for name, column in track.columns.items()]
    whole = [(name, cells) for name, cells, complete in columns if complete]
    broken = [(name, cells) for name, cells, complete in columns if not complete]
    form = f"{shared}" + "".join(f', "{name}": %s' for name, _ in whole)
    form += ', "line": %s, "position": %s, "record_id": "%s"'
    rows = zip(*(cells for _, cells in whole), track.lines, range(1, len(track) + 1), ids, strict=True)
    if not broken:
        yield from (form % row + "}\n" for row in rows)
        return
    for number, row in enumerate(rows):
        more = "".join(f', "{name}": {cells[number]}' for name, cells in broken if cells[number] != NOTHING)
        yield f"{form % row}{more}}}\n"


def _cells(name: str, column: Sequence[int]) -> tuple[Sequence[Any], bool]:
    """A column as JSON wants it, and whether it has a value for every fix."""
    complete = min(column) != NOTHING
    if name in _YES_NO:
        words = {0: "false", 1: "true", NOTHING: NOTHING}
        return [words[cell] for cell in column], complete
    return column, complete


def _source_lines(exhibit: Exhibit, track: Fixes, ids: Sequence[str]) -> Iterator[str]:
    shared = f'{{"exhibit": "{exhibit.sha256}", "fate": "record", "into": "fixes", '
    shared += "" if track.page is None else f'"page": {track.page}, '
    for record_id, line, raw in zip(ids, track.lines, track.raws, strict=True):
        yield f'{shared}"line": {line}, "record_id": "{record_id}", "raw_text": {json.dumps(raw)}}}\n'
