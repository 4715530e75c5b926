"""What an error of the disk says, in words."""

from __future__ import annotations

import json
import re

import duckdb

_LONGEST = 200
_JSON = re.compile(r'\{"exception_type".*\}', re.DOTALL)


def disk_words(error: OSError | duckdb.IOException) -> str:
    """One line of at most 200 characters: the system's word for it, or the engine's message.

    DuckDB puts an error that another thread met into its message as JSON; the message in that is given.
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    whole = str(error)
    found = _JSON.search(whole)
    if found:
        try:
            whole = str(json.loads(found[0])["exception_message"])
        except (ValueError, KeyError):
            whole = whole[: found.start()].rstrip(": ")
    return " ".join(whole.split())[:_LONGEST]
