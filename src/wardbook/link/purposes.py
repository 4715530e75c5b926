"""Purpose classes of stated purposes, from the words of ``purpose_words.csv``.

The words are regular expressions matched in lower case. An ``own`` word is a sign of its class by itself; a
``general`` word (meeting, dinner, visit) counts only where no own word of any class matches. A ``neutral``
phrase (a vaccination campaign, "no campaign activity") is taken out before any word is looked for. A purpose
is never read from the agency, the riders or the place alone.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from wardbook.link.matching_tables import table
from wardbook.records.engine import Engine, literal
from wardbook.records.schema import HOURS, TEXT, TEXTS

PUBLIC_CLASSES = (
    "protective",
    "emergency",
    "law enforcement",
    "maintenance",
    "training",
    "positioning",
    "official",
)
"""Classes of public business: of several the first in this order is the purpose."""

PRIVATE_CLASSES = ("political", "personal", "errand")
"""Classes that are not public business; one of them beside a public class makes ``mixed``."""

CLASSES = (*PUBLIC_CLASSES, *PRIVATE_CLASSES, "mixed")

NEUTRAL = "neutral"
"""Phrases that hold a word of a class and show nothing of it: another sense of the word, or its denial."""


USE_EVENTS = table(
    "use_events",
    "the calendar events of one use, by its recorded movements",
    ("use_id", TEXT, "the use"),
    ("purpose", TEXT, "their purpose class together; NULL where one of them has none"),
    ("told", TEXT, "titles and classes"),
    ("sources", TEXTS, "the events"),
    ("event_hours", HOURS, "their hours; NULL where one has no end, or is of whole days"),
    ("political_event_hours", HOURS, "hours of the political ones; NULL where a class is not known or mixed"),
    ("private_event_hours", HOURS, "hours of the political, personal and errand ones"),
)


@dataclass(frozen=True)
class PurposeWord:
    """One row of ``purpose_words.csv``."""

    purpose: str
    pattern: str
    own: bool
    note: str


@cache
def purpose_words() -> tuple[PurposeWord, ...]:
    """The rows of ``purpose_words.csv``."""
    text = resources.files("wardbook.link").joinpath("purpose_words.csv").read_text("utf-8")
    return tuple(
        PurposeWord(row["class"], row["pattern"], row["strength"] == "own", row["note"])
        for row in csv.DictReader(text.splitlines())
    )


def pattern_of(purpose: str, own: bool) -> str | None:
    """One regular expression for all words of a class and strength; None where there are none."""
    patterns = [word.pattern for word in purpose_words() if word.purpose == purpose and word.own is own]
    return "(?:" + "|".join(patterns) + ")" if patterns else None


def define_purpose(engine: Engine) -> None:
    """Define the macro ``w_purpose``: a list of classes, in the order of `CLASSES` or sorted, as one class.

    Public beside private business is ``mixed``, and so is political beside other private business; of several
    public classes the first is taken. NULL for no class.
    """
    private = ", ".join(literal(name) for name in PRIVATE_CLASSES)
    engine.define(
        "CREATE OR REPLACE MACRO w_purpose(classes) AS CASE "
        "WHEN classes IS NULL OR len(classes) = 0 THEN NULL "
        "WHEN list_contains(classes, 'mixed') THEN 'mixed' "
        f"WHEN len([c FOR c IN classes IF c IN ({private})]) = 0 THEN classes[1] "
        f"WHEN len([c FOR c IN classes IF c NOT IN ({private})]) > 0 THEN 'mixed' "
        "WHEN list_contains(classes, 'political') AND len(classes) > 1 THEN 'mixed' "
        "ELSE classes[1] END"
    )


def classify_purposes(engine: Engine) -> None:
    """Make ``purpose_texts``: each distinct text of a use or an event, the classes its words show, the words.

    Reads ``use_purpose_texts`` and ``event_texts``. Columns: ``text`` (lower case), ``own_classes`` and
    ``general_classes`` (lists in the order of `CLASSES`), ``own_words`` and ``general_words`` (what matched).
    Set-based: one pass of the engine over the distinct texts.
    """
    engine.run("purpose_texts", _query())


def _query() -> str:
    own = [_matched(purpose, True) for purpose in CLASSES]
    general = [_matched(purpose, False) for purpose in CLASSES]
    return f"""
WITH texts AS (
  SELECT text FROM use_purpose_texts WHERE text IS NOT NULL
  UNION
  SELECT text FROM event_texts WHERE text IS NOT NULL
),
matched AS (
  SELECT text,
         [{", ".join(own)}] AS own_words,
         [{", ".join(general)}] AS general_words
  FROM (SELECT text, {_read()} AS shown FROM texts)
)
SELECT text,
       {_where("own_words")} AS own_classes,
       {_where("general_words")} AS general_classes,
       {_words("own_words")} AS own_words,
       {_words("general_words")} AS general_words
FROM matched
"""  # noqa: S608


def _read() -> str:
    """The text as words are looked for in it: without its neutral phrases."""
    pattern = pattern_of(NEUTRAL, own=True)
    return "text" if pattern is None else f"regexp_replace(text, {literal(pattern)}, ' / ', 'g')"


def _matched(purpose: str, own: bool) -> str:
    pattern = pattern_of(purpose, own)
    if pattern is None:
        return "''"
    return f"regexp_extract(shown, {literal(pattern)})"


def _where(words: str) -> str:
    cases = ", ".join(
        f"CASE WHEN {words}[{at}] <> '' THEN {literal(name)} END" for at, name in enumerate(CLASSES, start=1)
    )
    return f"[name FOR name IN [{cases}] IF name IS NOT NULL]"


def _words(words: str) -> str:
    cases = ", ".join(f"nullif({words}[{at}], '')" for at in range(1, len(CLASSES) + 1))
    return f"concat_ws(', ', {cases})"
