"""JSON of strangers: numbers kept as they are written, with bounds on size, depth and what is no JSON.

A number with a point or an exponent becomes its text, a whole number an int; so no float is ever made, and
0.1 is not 0.1000000000000000055.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from wardbook.errors import InputRefusedError
from wardbook.intake.reader import Exhibit
from wardbook.intake.table_text import decode, load_bytes, plain_head

MOST_DEPTH = 60


def json_head(exhibit: Exhibit) -> str:
    """The first text of the exhibit (plain or gzipped) if it begins like a JSON object or list, or ''."""
    head = plain_head(exhibit)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.decode("utf-8", "replace") if text.startswith((b"{", b"[")) else ""


def load_json(exhibit: Exhibit) -> Any:
    """The value an exhibit holds. Raises `InputRefusedError` for what is cut short or no JSON."""
    return _load(exhibit.path, exhibit.name, exhibit.sha256)


def take_json(exhibit: Exhibit) -> Any:
    """The same, for the reader that reads it at last: it is not kept any longer."""
    value = load_json(exhibit)
    _load.cache_clear()
    return value


@lru_cache(maxsize=1)
def _load(path: Path, name: str, sha256: str) -> Any:
    """Kept for one exhibit, since every reader in turn looks at it; its digest says that it is the same."""
    text = decode(load_bytes(Exhibit(path, name, sha256, _head(path))), None, name)
    try:
        value = json.loads(text, parse_float=str, parse_constant=lambda word: _refuse(name, word))
    except RecursionError:
        raise _too_deep(name) from None
    except json.JSONDecodeError as error:
        raise InputRefusedError(
            f"{name}, line {error.lineno}",
            "JSON to the end of the file",
            f"{error.msg} at column {error.colno}",
            "The file is damaged or cut short: get it again from its source.",
        ) from error
    except ValueError as error:
        raise InputRefusedError(name, "JSON", str(error), "Correct it at the source.") from error
    _check_depth(value, name)
    return value


def _check_depth(value: object, where: str) -> None:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
            )
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise _too_deep(where)


def _too_deep(where: str) -> InputRefusedError:
    expected = f"values nested at most {MOST_DEPTH} deep"
    return InputRefusedError(
        where, expected, "deeper ones", "No program writes records so: look who made it."
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(1 << 16)


def _refuse(name: str, word: str) -> NoReturn:
    raise InputRefusedError(name, "numbers", word, "JSON has no such number: correct it at the source.")


def written(value: object) -> str:
    """A value of JSON on one line; numbers that were kept as text stand in quotation marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(value: object) -> str:
    """A value as the text of a cell: '' for null, true or false, JSON for what holds more."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) else written(value)


def member(value: object, *names: str) -> str:
    """The first filled member of an object among names, as text; '' if there is none."""
    if not isinstance(value, Mapping):
        return ""
    return next((text for name in names if (text := text_of(value.get(name)).strip())), "")
