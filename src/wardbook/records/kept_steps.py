"""Running the steps of an engine with a store: what is there is taken, what is not is made and kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from wardbook.records.step_keys import StepKeys, key_of, rows_digest_sql
from wardbook.records.step_sources import sources_text
from wardbook.records.step_store import Made, StepStore


class Relations(Protocol):
    """What is used of an engine."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""

    def one(self, query: str) -> Any:
        """The single cell of a query."""

    def count(self, relation: str) -> int:
        """Rows of a relation."""

    def view_of(self, path: Path) -> str:
        """SQL for the rows of a Parquet file."""

    def hold(self, name: str, query: str) -> None:
        """Make a table of a query."""

    def write_parquet(self, query: str, path: Path) -> None:
        """Write a query's rows to a Parquet file."""


class KeptSteps:
    """The steps of one engine beside a store; ``keys`` is to be told of whatever else changes a relation."""

    def __init__(self, engine: Relations, store: StepStore, settings: Mapping[str, str]) -> None:
        self._engine = engine
        self._store = store
        self._in_whole = False
        self.keys = StepKeys(self._rows_digest, settings)

    def run(self, name: str, query: str, create: Callable[[str, str], None]) -> None:
        """Make relation ``name``, by ``create`` or from the store. `TypeError` as `Engine.run` says."""
        keyed = None if self._in_whole else self.keys.of_step(name, query)
        if keyed is None:
            create(name, query)
            self.keys.unknown(name)
            return
        key, inputs = keyed
        if self._store.has(key):
            self._take(name, key)
            self._store.kept += 1
        else:
            began = time.monotonic()
            create(name, query)
            self._put(name, key, query, inputs, time.monotonic() - began)
        self.keys.made(name, key)

    def whole(
        self,
        name: str,
        outputs: Sequence[str],
        package: str,
        told: str,
        steps: Callable[[], list[dict[str, Any]]],
    ) -> list[dict[str, Any]]:
        """Make ``outputs`` by ``steps``, which returns the steps it ran, or take them all from the store.

        Returns the steps that were taken; none where they were run. See `Engine.whole`.
        """
        text, digest = sources_text(package)
        key = key_of("whole", name, told, digest, self.keys.inputs(text))
        found = self._store.whole(key)
        if found is None:
            self._make_whole(key, name, outputs, steps)
            return []
        for relation, relation_key in found[0].items():
            self._take(relation, relation_key)
            self.keys.made(relation, relation_key)
        self._store.kept += len(found[1])
        return found[1]

    def _make_whole(
        self, key: str, name: str, outputs: Sequence[str], steps: Callable[[], list[dict[str, Any]]]
    ) -> None:
        began = time.monotonic()
        settings, known = dict(self.keys.settings), self.keys.names()
        self._in_whole = True
        try:
            ran = steps()
        finally:
            self._in_whole = False
        spent = time.monotonic() - began
        if self.keys.settings != settings:
            raise TypeError(f"{name} is kept whole and leaves other settings: {self.keys.settings}")
        for left_behind in self.keys.names() - known:  # a run that takes the outputs does not have it either
            self.keys.forget(left_behind)
        keys = {relation: key_of("output", key, relation) for relation in outputs}
        for relation, relation_key in keys.items():
            self._put(relation, relation_key, f"an output of {name}, kept whole", {name: key}, spent)
            self.keys.made(relation, relation_key)
        self._store.keep_whole(key, name, keys, ran)

    def _take(self, name: str, key: str) -> None:
        self._engine.hold(name, f"SELECT * FROM {self._engine.view_of(self._store.rows_file(key))}")  # noqa: S608

    def _put(self, name: str, key: str, query: str, inputs: Mapping[str, str], spent: float) -> None:
        columns = self._columns(f'"{name}"')

        def write(path: Path) -> None:
            self._engine.write_parquet(f'SELECT * FROM "{name}"', path)  # noqa: S608
            kept = self._columns(f"SELECT * FROM {self._engine.view_of(path)}")  # noqa: S608
            lost = [f"{c} {kind}" for (c, kind), now in zip(columns, kept, strict=True) if (c, kind) != now]
            if lost:
                raise TypeError(
                    f"step {name} has columns of types that Parquet does not keep: {', '.join(lost)}. "
                    "Cast them in the step: HUGEINT, which sum() of whole numbers gives, to BIGINT."
                )

        rows = self._engine.count(name)
        self._store.keep(key, write, Made(name, query, rows, columns, inputs, round(spent, 3)))

    def _rows_digest(self, relation: str) -> str:
        columns = self._columns(f'"{relation}"')
        return key_of(columns, self._engine.one(rows_digest_sql(relation, [name for name, _ in columns])))

    def _columns(self, relation: str) -> tuple[tuple[str, str], ...]:
        return tuple((row[0], row[1]) for row in self._engine.rows(f"DESCRIBE {relation}"))
