from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from wardbook.report.narrative.phrases import Phrases

_WORDS = st.lists(
    st.sampled_from(["Oak", "oak", "Hall", "the", "St.", "O'Neil", "x-y"]), min_size=1, max_size=4
)
_TEXT = st.lists(
    st.sampled_from(["Oak", "Hall", "the", "St.", "O'Neil", "x-y", "Oakley", ",", "\n"]), max_size=12
)


def slow(text: str, phrases: list[str]) -> str:
    """Each phrase as a regular expression, the longest first: what `Phrases` does word by word."""
    ordered = sorted({p for p in phrases if re.search(r"\w", p)}, key=lambda p: (-len(p), p))
    if not ordered:
        return text
    any_of = "|".join(r"\s+".join(map(re.escape, p.split())) for p in ordered)
    return re.sub(rf"(?<!\w)(?:{any_of})(?!\w)", "#", text, flags=re.IGNORECASE)


@given(_TEXT, st.lists(_WORDS.map(" ".join), max_size=5))
def test_phrases_are_replaced_as_a_regular_expression_would(text: list[str], phrases: list[str]) -> None:
    joined = " ".join(text)
    assert Phrases(phrases).replaced(joined, lambda _phrase: "#") == slow(joined, phrases)


def test_the_longer_name_wins_and_words_stay_whole() -> None:
    names = {"Alder Oake": "an officer", "Oake": "a person", "(home)": "a place"}
    told = Phrases(names).replaced("ALDER\n OAKE met Oake's son Oakes (home)", names.__getitem__)
    assert told == "an officer met a person's son Oakes a place"
