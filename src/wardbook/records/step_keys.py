"""The key of a step: a SHA-256 of all that its rows depend on.

That is the step format of this program, the version of DuckDB, the settings that statements have changed,
the macros and views the query can see, the query, and the keys of every relation it names. Records have keys
too: the digests of their files or of their rows. A relation that anything else has made is keyed by its rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from wardbook.custody.store import sha256_file
from wardbook.records.step_names import change, named, reads_outside

STEP_FORMAT = 1
"""The format of keys and side-cars; a higher one makes every step again."""

_Maker = Callable[[], str]


def key_of(*parts: Any) -> str:
    """The SHA-256 of parts (anything JSON can hold), unambiguous and in the order given."""
    text = json.dumps([STEP_FORMAT, duckdb.__version__, *parts], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class LineDigest:
    """The digest of lines in whatever order they come; lines that stand twice count twice."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def add(self, line: str) -> None:
        """One more line."""
        self._lines.append(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest())

    def value(self) -> str:
        """The digest of all lines so far."""
        return hashlib.sha256(b"".join(sorted(self._lines))).hexdigest()


class StepKeys:
    """What is known of the relations of one engine. ``rows_digest`` gives that of a table's columns and rows.

    ``settings`` are those the engine begins with, then those that statements leave.
    """

    def __init__(self, rows_digest: Callable[[str], str], settings: Mapping[str, str]) -> None:
        self._rows_digest = rows_digest
        self.settings = dict(settings)
        self._macros: dict[str, str] = {}
        self._views: dict[str, str] = {}
        self._keys: dict[str, str | _Maker] = {}

    # ------------------------------------------------------------ what happened

    def loaded(self, name: str, columns: Sequence[tuple[str, str]], lines: str) -> None:
        """Relation ``name`` was made of rows with this digest."""
        self._set(name, key_of("rows", columns, lines))

    def over_files(self, name: str, columns: Sequence[tuple[str, str]], files: Sequence[Path]) -> None:
        """Relation ``name`` was made over files; they are read for their digests when a step first asks."""
        self._set(name, lambda: key_of("files", columns, [sha256_file(path) for path in files]))

    def made(self, name: str, key: str) -> None:
        """Relation ``name`` is the one of that key."""
        self._set(name, key)

    def unknown(self, name: str) -> None:
        """Relation ``name`` is another from now on: its rows say which."""
        folded = name.casefold()
        self._set(name, lambda: key_of("content", self._rows_digest(folded)))

    def changed(self, statement: str) -> None:
        """A statement that is no step was run. `TypeError` where it cannot be followed."""
        found = change(statement)
        if found.kind == "setting":
            self.settings[found.name] = found.text
        elif found.kind == "macro":
            self._macros[found.name] = found.text
        elif found.kind == "view":
            self._keys.pop(found.name, None)
            self._views[found.name] = found.text
        elif found.kind == "table":
            self.unknown(found.name)
        elif found.kind == "drop":
            self.forget(found.name)
        elif found.kind == "rename":
            self._rename(found.name, found.text)
        elif found.kind == "rows":
            for name in named(statement, self._keys):
                self.unknown(name)

    # ------------------------------------------------------------ keys

    def of_step(self, name: str, query: str) -> tuple[str, dict[str, str]] | None:
        """The key of a step and those of its inputs by name; None where it reads what has no key."""
        if reads_outside(self._seen_text(query)):
            return None
        inputs = self.inputs(query)
        return key_of("step", name, query, self.settings, self._seen_macros(query), inputs), inputs

    def inputs(self, text: str, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
        """The keys of every relation that a text names, or that a macro it sees names."""
        wide = "\n".join([text, *self._seen_macros(text).values()])
        names = named(wide, {*self._keys, *self._views} - leave_out)
        return {name: self._key(name, leave_out | {name}) for name in names}

    def _key(self, name: str, within: frozenset[str]) -> str:
        if name in self._views:
            text = self._views[name]
            return key_of("view", text, self._seen_macros(text), self.inputs(text, within))
        known = self._keys[name]
        if not isinstance(known, str):
            known = self._keys[name] = known()
        return known

    def _seen_macros(self, text: str) -> dict[str, str]:
        seen: dict[str, str] = {}
        ahead = [text]
        while ahead:
            for name in named(ahead.pop(), self._macros):
                if name not in seen:
                    seen[name] = self._macros[name]
                    ahead.append(seen[name])
        return seen

    def _seen_text(self, query: str) -> str:
        """The query with the macros and views it sees, through any number of them."""
        texts, ahead, seen = [query], [query], set[str]()
        while ahead:
            text = ahead.pop()
            found: Mapping[str, str] = {
                **{name: self._views[name] for name in named(text, self._views)},
                **{f"macro {name}": macro for name, macro in self._seen_macros(text).items()},
            }
            fresh = [name for name in found if name not in seen]
            seen.update(fresh)
            texts += (found[name] for name in fresh)
            ahead += (found[name] for name in fresh)
        return "\n".join(texts)

    # ------------------------------------------------------------ names

    def _set(self, name: str, key: str | _Maker) -> None:
        folded = name.casefold()
        self._views.pop(folded, None)
        self._keys[folded] = key

    def names(self) -> frozenset[str]:
        """The relations that have a key, in lower case."""
        return frozenset((*self._keys, *self._views))

    def forget(self, name: str) -> None:
        """Relation ``name`` (in lower case) is gone."""
        self._keys.pop(name, None)
        self._views.pop(name, None)

    def _rename(self, old: str, new: str) -> None:
        for held in (self._keys, self._views):
            if old in held:
                held[new] = held.pop(old)  # type: ignore[assignment]


def rows_digest_sql(relation: str, columns: Iterable[str]) -> str:
    """A query for the digest of a relation's rows in any order; a cell is its text after its length."""
    cells = [f'CAST("{column}" AS VARCHAR)' for column in columns]
    row = " || ".join(f"coalesce(length({cell}) || ':' || {cell}, '-')" for cell in cells)
    return (
        "SELECT coalesce(sha256(string_agg(digest, '' ORDER BY part)), 'none') FROM ("  # noqa: S608
        "SELECT left(line, 3) AS part, sha256(string_agg(line, '' ORDER BY line)) AS digest "
        f'FROM (SELECT sha256({row}) AS line FROM "{relation}") GROUP BY part)'
    )
