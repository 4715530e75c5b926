"""What a query names: the relations and macros it reads, and whether it reads anything else.

The key of a step needs every relation its query may read. A name that stands in the query as a word counts,
be it a column or in a comment: a step may be made again needlessly, but is never kept wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ANY = re.IGNORECASE
_WORD = re.compile(r"\w+")

_OUTSIDE = re.compile(
    r"\b(read_\w+|\w+_scan|glob|query_table|query|getenv|getvariable|current_setting|random|setseed|uuid\w*"
    r"|gen_random_uuid|nextval|currval|now|today|get_current_\w+|current_(?:date|time|timestamp)"
    r"|current_local\w+|transaction_timestamp|age|version|duckdb_\w+|pragma_\w+|tablesample|sample)\s*\("
    r"|\b(current_date|current_time|current_timestamp|localtime|localtimestamp|tablesample|using\s+sample)\b"
    r"|\bfrom\s+'|\bjoin\s+'",
    _ANY,
)

_NAME = r'(?!IF\s)(?:"((?:[^"]|"")+)"|(\w+)\b)(?!\s*\.)'
_BEGIN = r"^(?:\s|--[^\n]*\n)*"
_SET = re.compile(
    _BEGIN + r"SET\s+(?:SESSION\s+|GLOBAL\s+)?(\w+)\s*(?:=|TO)\s*(.*?)\s*;?\s*$", _ANY | re.DOTALL
)
_MACRO = re.compile(
    _BEGIN + rf"CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?(?:MACRO|FUNCTION)\s+{_NAME}", _ANY
)
_VIEW = re.compile(
    _BEGIN + rf"CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?VIEW\s+{_NAME}\s+AS\b", _ANY
)
_TABLE = re.compile(_BEGIN + rf"CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?TABLE\s+{_NAME}", _ANY)
_RENAME = re.compile(_BEGIN + rf"ALTER\s+(?:TABLE|VIEW)\s+{_NAME}\s+RENAME\s+TO\s+{_NAME}\s*;?\s*$", _ANY)
_DROP = re.compile(_BEGIN + rf"DROP\s+(?:TABLE|VIEW)\s+(?:IF\s+EXISTS\s+)?{_NAME}\s*;?\s*$", _ANY)
_ROWS = re.compile(_BEGIN + r"(INSERT|UPDATE|DELETE|TRUNCATE|ALTER\s+TABLE)\b", _ANY)
_COPY_OUT = re.compile(_BEGIN + r"COPY\s+\(.*\)\s+TO\s+'", _ANY | re.DOTALL)

_NO_MATTER = frozenset(
    {
        "memory_limit",
        "max_memory",
        "temp_directory",
        "threads",
        "worker_threads",
        "enable_progress_bar",
        "enable_progress_bar_print",
        "partitioned_write_flush_threshold",
    }
)


def named(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of ``known`` names that stand in the SQL ``text`` as words, in any case, sorted.

    A name that is no single word counts where its letters stand anywhere in the text.
    """
    folded = text.casefold()
    words = set(_WORD.findall(folded))
    return tuple(
        sorted(
            name
            for name in known
            if (name in words if _WORD.fullmatch(name) else name.replace('"', '""') in folded)
        )
    )


def reads_outside(text: str) -> bool:
    """Whether a query may read what no relation holds: a file, the clock, chance, the environment."""
    return _OUTSIDE.search(text) is not None


@dataclass(frozen=True)
class Change:
    """What a statement that is no step does: ``kind`` to ``name``, and ``text``, what that is from now on.

    Kinds: setting, macro, view, table, rename, drop; nothing; rows: those of the relations it names.
    """

    kind: str
    name: str = ""
    text: str = ""


def change(statement: str) -> Change:
    """What one statement changes; names are in lower case, as DuckDB compares them.

    Raises `TypeError` for a statement that cannot be followed, such as one with the name of a schema.
    """
    if found := _SET.match(statement):
        name = found[1].casefold()
        return Change("nothing") if name in _NO_MATTER else Change("setting", name, found[2])
    for kind, pattern in (("macro", _MACRO), ("view", _VIEW), ("table", _TABLE), ("drop", _DROP)):
        if found := pattern.match(statement):
            return Change(kind, _name(found[1], found[2]), statement)
    if found := _RENAME.match(statement):
        return Change("rename", _name(found[1], found[2]), _name(found[3], found[4]))
    if _ROWS.match(statement):
        return Change("rows", "", statement)
    if _COPY_OUT.match(statement):
        return Change("nothing")
    raise TypeError(f"what this statement changes is not known, so no step after it has a key: {statement}")


def _name(quoted: str | None, plain: str | None) -> str:
    return (quoted.replace('""', '"') if quoted else plain or "").casefold()
