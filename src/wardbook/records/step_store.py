"""Finished steps in a folder, so that a run that was broken off goes on where it was.

Two files a step, named by its key (`step_keys`): ``<key>.parquet``, its rows, and ``<key>.json``, its
side-car: which query made it from which inputs, with what, and the digest of the rows' file. Each is written
under another name, forced to the disk and renamed; the side-car comes last. A step without a sound side-car,
or whose rows are not those of the digest, is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb

from wardbook.custody.store import sha256_file, sync_file, sync_folder
from wardbook.errors import NotWrittenError
from wardbook.records.disk_errors import disk_words
from wardbook.records.step_keys import STEP_FORMAT

_VERSION = metadata.version("wardbook")
_LEFT_OVER_S = 86_400
"""Seconds after which a half-written file is one that a broken-off run has left."""


@dataclass(frozen=True)
class Made:
    """What a side-car says of a step beside its key: columns are (name, type), inputs name to key."""

    name: str
    query: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    inputs: Mapping[str, str]
    seconds: float


class StepStore:
    """A folder of finished steps; made if absent. ``kept`` counts the steps that were not run again.

    Two runs may use one folder at once: they write the same files. Raises `NotWrittenError` where the folder
    cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = 0
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
            long_ago = time.time() - _LEFT_OVER_S
            for left in folder.glob("*.tmp-*"):
                with suppress(FileNotFoundError):  # another run may have removed it
                    if left.stat().st_mtime < long_ago:
                        left.unlink()

    def rows_file(self, key: str) -> Path:
        """Where the rows of a step lie."""
        return self.folder / f"{key}.parquet"

    def has(self, key: str) -> bool:
        """Whether the step of that key is there, with the very rows it was kept with."""
        told = self._told(key)
        path = self.rows_file(key)
        try:
            return (
                told is not None
                and path.stat().st_size == told["rows_bytes"]
                and sha256_file(path) == told["rows_sha256"]
            )
        except (OSError, KeyError):
            return False

    def keep(self, key: str, write_rows: Callable[[Path], None], made: Made) -> None:
        """Keep a step: ``write_rows`` writes its rows to the file it is given."""
        with self._writing():
            aside = self._aside(f"{key}.parquet")
            try:
                write_rows(aside)
                sync_file(aside)
                told = {"rows_bytes": aside.stat().st_size, "rows_sha256": sha256_file(aside)}
                aside.replace(self.rows_file(key))
            finally:
                aside.unlink(missing_ok=True)
            columns = [{"name": name, "type": kind} for name, kind in made.columns]
            self._tell(key, {**vars(made), "columns": columns, "inputs": dict(made.inputs), **told})

    # ------------------------------------------------------------ several steps kept as one

    def whole(self, key: str) -> tuple[dict[str, str], list[dict[str, Any]]] | None:
        """The outputs (name to key) and the steps of what is kept whole; None where any of it is missing."""
        told = self._told(key)
        if told is None or "outputs" not in told or not all(map(self.has, told["outputs"].values())):
            return None
        return told["outputs"], told["steps"]

    def keep_whole(
        self, key: str, name: str, outputs: Mapping[str, str], steps: Sequence[Mapping[str, Any]]
    ) -> None:
        """Keep as a whole steps whose outputs are kept."""
        with self._writing():
            self._tell(key, {"name": name, "outputs": dict(outputs), "steps": list(steps)})

    # ------------------------------------------------------------ side-cars

    def _tell(self, key: str, told: Mapping[str, Any]) -> None:
        about = {
            "format": STEP_FORMAT,
            "key": key,
            "duckdb": duckdb.__version__,
            "wardbook": _VERSION,
            **told,
        }
        text = json.dumps({**about, "sha256": _check(about)}, ensure_ascii=False, indent=1)
        aside = self._aside(f"{key}.json")
        try:
            aside.write_text(text + "\n", encoding="utf-8", newline="\n")
            sync_file(aside)
            aside.replace(self.folder / f"{key}.json")
        finally:
            aside.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _told(self, key: str) -> dict[str, Any] | None:
        try:
            told = json.loads((self.folder / f"{key}.json").read_text("utf-8"))
            check = told.pop("sha256")
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None
        return told if check == _check(told) and told["key"] == key else None

    def _aside(self, name: str) -> Path:
        return self.folder / f"{name}.tmp-{os.getpid()}-{secrets.token_hex(4)}"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, duckdb.IOException) as error:
            raise NotWrittenError(
                f"{self.folder} cannot hold finished steps ({disk_words(error)}). "
                "Give --work a folder that you may write to, on a disk with room, and run again."
            ) from error


def _check(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
