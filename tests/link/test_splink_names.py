"""Names paired by Splink: the same persons as by the rules' own blocks, weighed, the same every time."""

from __future__ import annotations

import builtins
from random import Random
from typing import Any

import pytest

from tests.link.books import SETTINGS, entry, linked
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.link.names import Name, take_apart, typo
from wardbook.link.persons import candidate_pairs
from wardbook.link.splink_names import weighed_pairs
from wardbook.records.book import parse_settings
from wardbook.records.settings import SPLINK, Settings

pytest.importorskip("splink", reason="the extra link is not installed")

BY_SPLINK = Settings(home_region="WV", time_zone="America/New_York", names=SPLINK)
_SYLLABLES = ("mar", "ben", "tor", "lin", "ka", "so", "dre", "wil", "har", "ton", "fel", "ost", "ra", "ven")
_GIVEN = (
    "james",
    "jim",
    "robert",
    "bob",
    "mary",
    "anne",
    "thomas",
    "tom",
    "kathryn",
    "kathrin",
    "edith",
    "ruth",
)


def generated(count: int, seed: int = 3) -> list[str]:
    """Distinct names, some of them slips, initials and nicknames of others."""
    random = Random(seed)
    surnames = ["".join(random.choice(_SYLLABLES) for _ in range(3)) for _ in range(count // 3)]
    found: set[str] = set()
    while len(found) < count:
        given, surname = random.choice(_GIVEN), random.choice(surnames)
        found.add(f"{given} {surname}")
        if random.random() < 0.2:
            at = random.randrange(1, len(surname))
            found.add(f"{given} {surname[:at]}{surname[at + 1 :]}")
        if random.random() < 0.1:
            found.add(f"{given[0]} {surname}")
    return sorted(found)


def taken(names: list[str]) -> dict[str, Name]:
    return {name: take_apart(name) for name in names}


def test_every_pair_that_the_rules_could_join_is_among_them() -> None:
    names = taken(generated(1500))
    by_splink = set(weighed_pairs(names))
    rules = candidate_pairs(names)
    joined = {
        pair
        for pair in rules
        if names[pair[0]].given == names[pair[1]].given
        and names[pair[0]].surname[:1] == names[pair[1]].surname[:1]
    }
    missing = {pair for pair in joined - by_splink if _could_be_one(*(names[key] for key in pair))}
    assert missing == set()
    assert len(joined) > 100


def _could_be_one(left: Name, right: Name) -> bool:
    return left.surname == right.surname or typo(left.surname, right.surname)


def test_the_same_book_gives_the_same_weights_and_rare_agreement_weighs_more() -> None:
    names = taken(
        [*generated(600), *(f"{given} smith" for given in _GIVEN), "j quillfeather", "james quillfeather"]
    )
    once, again = weighed_pairs(names), weighed_pairs(names)
    assert once == again
    rare, common = once["j quillfeather", "james quillfeather"], once["james smith", "jim smith"]
    assert rare.surname > common.surname > 0
    assert common.words.startswith("Splink: ")
    assert "bits, given name" in common.words


@pytest.mark.parametrize("seed", range(4))
def test_persons_are_those_of_the_rules(seed: int) -> None:
    """Only what a rule joins is joined: the clusters are the same, and a judgement wins alike."""
    names = generated(120, seed)
    log = [entry(str(n), riders_text=name.title()) for n, name in enumerate(names)]
    judged: list[dict[str, Any]] = [
        {
            "kind": "person",
            "left_key": names[0],
            "right_key": names[5],
            "verdict": "same",
            "by_whom": "x",
            "judged_at": "2024-01-01T00:00:00Z",
            "why": "y",
        }
    ]
    answers = []
    for settings in (SETTINGS, BY_SPLINK):
        with linked(log, settings, judgements=judged) as engine:
            answers.append(engine.rows("SELECT name_key, person_key FROM persons ORDER BY ALL"))
            if settings is BY_SPLINK:
                assert (
                    engine.one(
                        "SELECT count(*) FROM person_comparisons WHERE comparisons LIKE '%; Splink: %'"
                    )
                    > 0
                )
    assert answers[0] == answers[1]


def test_without_the_extra_it_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "splink":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(WrongUseError, match=r"pip install 'wardbook\[link\]'"):
        weighed_pairs(taken(["a b", "c d"]))


def test_few_names_need_no_model() -> None:
    assert weighed_pairs({}) == {}
    assert weighed_pairs(taken(["a b"])) == {}


def test_the_settings_say_which_way() -> None:
    assert parse_settings('names = "splink"', "book.toml").names == SPLINK
    with pytest.raises(InputRefusedError, match='names = "rules" or "splink"'):
        parse_settings('names = "magic"', "book.toml")
