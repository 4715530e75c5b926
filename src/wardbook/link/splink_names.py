"""Candidate pairs of names in a large book, found and weighed by Splink (extra ``link``).

Comparing each name with all of its block in Python takes minutes from some 100,000 names on. Splink's
blocking runs in DuckDB, and its model (Fellegi and Sunter 1969; term frequencies as in Winkler 1988) says how
much each agreement weighs in this book: a rare surname more than a common one. It proposes and weighs;
whether two names are one person is decided by `person_comparisons.compare` as for every other book, so that
no score decides anything.

Of two random names of the book u, the share that agrees by chance, is sampled (fixed seed, one thread: the
same book gives the same weights). The share m of agreement among names of one person is stated below, not
learnt: each name stands once in the list, so that the pairs that agree in everything, from which it would be
learnt, are not there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from wardbook.errors import WrongUseError
from wardbook.link.names import Name, forms_of

if TYPE_CHECKING:
    import pyarrow as pa

SEED = 20260101
LEAST = 0.01
"""The least match probability of a pair that is looked at; pairs that a rule could join are anyway."""

SURNAME_M = {"agrees": 0.85, "slip": 0.14, "differs": 0.01}
GIVEN_M = {"agrees": 0.60, "initial": 0.18, "nickname": 0.12, "slip": 0.05, "differs": 0.05}
"""How often the parts of two names of one person agree, differ by a slip, and so on."""

_SAMPLED = 2_000_000
_SLIP = (
    "left({0}_l, 1) = left({0}_r, 1) AND least(length({0}_l), length({0}_r)) >= 5 AND damerau_levenshtein("
    "{0}_l, {0}_r) <= CASE WHEN least(length({0}_l), length({0}_r)) >= 8 THEN 2 ELSE 1 END"
)
_INITIAL = "left(given_l, 1) = left(given_r, 1) AND least(length(given_l), length(given_r)) = 1"
_NICKNAME = "list_has_any(forms_l, forms_r)"


@dataclass(frozen=True)
class Weight:
    """How Splink weighs two names: the match probability, and bits for and against by part of the name."""

    probability: float
    surname: float
    given: float

    @property
    def words(self) -> str:
        """For a person to read beside the comparisons."""
        parts = f"surname {self.surname:+.1f} bits, given name {self.given:+.1f} bits"
        return f"Splink: {self.probability:.2f} ({parts})"


def weighed_pairs(names: Mapping[str, Name]) -> dict[tuple[str, str], Weight]:
    """Pairs of name keys, each with the alphabetically first name first, and their weights.

    Raises `WrongUseError` where the extra is not installed.
    """
    if len(names) < 2:
        return {}
    try:
        import pyarrow
        from splink import DuckDBAPI, Linker
    except ImportError as error:
        raise WrongUseError(
            'book.toml asks for names = "splink", which is not installed; install it with: '
            "pip install 'wardbook[link]'"
        ) from error
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("given_names", _parts(names, pyarrow))
        connection.execute("CREATE TABLE parts AS SELECT * FROM given_names ORDER BY unique_id")
        linker = Linker(
            DuckDBAPI(connection=connection).register("parts"),
            _settings(len(names)),
            log_level=logging.CRITICAL,
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED, seed=SEED)
        found = linker.inference.predict(warning_mode="never")
        return {
            (min(left, right), max(left, right)): Weight(*weights)
            for left, right, *weights in connection.execute(_kept(found.physical_name)).fetchall()
        }


def _parts(names: Mapping[str, Name], pyarrow: Any) -> pa.Table:
    """The parts of each name as columns; an absent part is NULL."""
    taken = [names[key] for key in sorted(names)]
    return pyarrow.table(
        {
            "unique_id": [name.key for name in taken],
            "surname": [name.surname or None for name in taken],
            "given": [name.given or None for name in taken],
            "forms": pyarrow.array(
                [sorted(forms_of(name.given)) for name in taken], pyarrow.list_(pyarrow.string())
            ),
            "words": [" ".join(sorted(name.key.split())) for name in taken],
        }
    )


def _settings(count: int) -> Any:
    """The model: what is compared, in which blocks, and how rare a match is among ``count`` names."""
    import splink.comparison_level_library as level
    from splink import SettingsCreator, block_on
    from splink.comparison_library import CustomComparison

    def custom(condition: str, label: str, m: float) -> Any:
        return level.CustomLevel(condition, label_for_charts=label).configure(m_probability=m)

    surname = [
        level.NullLevel("surname"),
        level.ExactMatchLevel("surname", term_frequency_adjustments=True).configure(
            m_probability=SURNAME_M["agrees"]
        ),
        custom(_SLIP.format("surname"), "slip", SURNAME_M["slip"]),
        level.ElseLevel().configure(m_probability=SURNAME_M["differs"]),
    ]
    given = [
        level.NullLevel("given"),
        level.ExactMatchLevel("given", term_frequency_adjustments=True).configure(
            m_probability=GIVEN_M["agrees"]
        ),
        custom(_INITIAL, "initial", GIVEN_M["initial"]),
        custom(_NICKNAME, "nickname", GIVEN_M["nickname"]),
        custom(_SLIP.format("given"), "slip", GIVEN_M["slip"]),
        level.ElseLevel().configure(m_probability=GIVEN_M["differs"]),
    ]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            CustomComparison(output_column_name="surname", comparison_levels=surname),
            CustomComparison(output_column_name="given", comparison_levels=given),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("surname"),
            block_on("given", "left(surname, 1)"),
            block_on("words"),
        ],
        probability_two_random_records_match=1 / count,
        additional_columns_to_retain=["surname", "given", "words"],
        retain_intermediate_calculation_columns=True,
    )


def _kept(predicted: str) -> str:
    """The pairs worth comparing: likely ones, those that rules could join, the same words in other order."""
    could_be_joined = f"given_l = given_r AND (surname_l = surname_r OR ({_SLIP.format('surname')}))"
    return (
        "SELECT unique_id_l, unique_id_r, match_probability, "  # noqa: S608
        "mw_surname + coalesce(mw_tf_adj_surname, 0), mw_given + coalesce(mw_tf_adj_given, 0) "
        f"FROM {predicted} WHERE match_probability >= {LEAST} OR words_l = words_r OR ({could_be_joined})"
    )
