"""Many phrases looked for in a text at once, as whole words, whatever their case and spacing.

The words of the text are looked up among the first words of the phrases, so the time grows with the text and
not with the number of phrases: a case may have thousands of routes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache

_WORD = re.compile(r"\w+")


class Phrases:
    """The phrases to look for; the longer wins where two begin at one place."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_word: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for phrase in sorted(set(phrases), key=lambda text: (-len(text), text)):
            first = _WORD.search(phrase)
            if first is not None:
                self._by_word[first.group().casefold()].append((phrase, first.start()))

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and phrase of each place where one stands, from left to right, none in another."""
        end = 0
        for word in _WORD.finditer(text):
            if word.start() < end:
                continue
            for phrase, before in self._by_word.get(word.group().casefold(), ()):
                start = word.start() - before
                place = _pattern(phrase).match(text, start) if start >= end else None
                if place is not None:
                    yield place.start(), place.end(), phrase
                    end = place.end()
                    break

    def replaced(self, text: str, instead: Callable[[str], str]) -> str:
        """``text`` with each phrase that stands in it replaced."""
        parts, last = [], 0
        for start, end, phrase in self.found(text):
            parts += [text[last:start], instead(phrase)]
            last = end
        return "".join([*parts, text[last:]])


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """The phrase with any white space between its words, not inside a longer word."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
