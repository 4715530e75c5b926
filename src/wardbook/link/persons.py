"""Who is who among the riders: candidate pairs, verdicts, judgements, clusters.

Gives the relations ``person_comparisons`` and ``persons`` (``name_key``, ``person_key``: the
alphabetically first name key of the cluster).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from rapidfuzz import fuzz

from wardbook.intake.riders import name_key, split_riders
from wardbook.link.clusters import Clusters
from wardbook.link.names import Name, initial, nickname, take_apart, typo
from wardbook.link.person_comparisons import LIKE_SCORE, Pair, Verdict, compare
from wardbook.link.splink_names import Weight, weighed_pairs
from wardbook.records.engine import Engine
from wardbook.records.schema import PERSON_COMPARISONS, TEXT, Column, Table
from wardbook.records.settings import SPLINK, Settings

_NAMED = (("people", "name"), ("assessments", "person"), ("declined", "person"), ("authorizations", "person"))
_PERSONS = Table(
    "persons",
    "one name and the person it stands for",
    (Column("name_key", TEXT, "name"), Column("person_key", TEXT, "first name key of the person")),
)
_NAME_KEYS = Table(
    "name_keys",
    "one name as a register or the settings write it, and its key",
    (Column("written", TEXT, "as written"), Column("name_key", TEXT, "key")),
)
_PAIRS = Table(
    "person_pairs",
    "two names to be compared",
    (Column("left_name", TEXT, "key"), Column("right_name", TEXT, "key")),
)


def link_persons(engine: Engine, settings: Settings) -> None:
    """Make ``name_keys``, ``person_comparisons`` and ``persons`` from riders, registers and judgements."""
    _load_name_keys(engine, settings)
    engine.run(
        "rider_names",
        "SELECT DISTINCT name_key FROM (SELECT name_key FROM riders UNION ALL "
        "SELECT name_key FROM name_keys) WHERE name_key IS NOT NULL AND name_key <> ''",
    )
    keys = engine.rows("SELECT name_key FROM rider_names ORDER BY name_key")
    names = {key: take_apart(key) for (key,) in keys}
    judged = _judgements(engine)
    judged_here = {pair for pair in judged if pair[0] in names and pair[1] in names}
    weights = weighed_pairs(names) if settings.names == SPLINK else None
    pairs = sorted((candidate_pairs(names) if weights is None else set(weights)) | judged_here)
    verdicts = dict(zip(pairs, map(compare, _described(engine, names, pairs)), strict=True))
    for pair, (verdict, by_whom, why) in judged.items():
        if pair in verdicts:
            verdicts[pair] = Verdict(verdict, f"judgement of {by_whom}: {why}", verdicts[pair].comparisons)
    engine.load(
        PERSON_COMPARISONS,
        (
            {
                "left_name": left,
                "right_name": right,
                "score": round(fuzz.ratio(left, right)),
                "comparisons": _with_weight(verdict, (weights or {}).get((left, right))),
                "verdict": verdict.verdict,
                "decided_by": verdict.decided_by,
            }
            for (left, right), verdict in sorted(verdicts.items())
        ),
    )
    clusters = _clusters(verdicts, judged)
    engine.load(_PERSONS, ({"name_key": key, "person_key": clusters.first(key)} for key in names))


def _with_weight(verdict: Verdict, weight: Weight | None) -> str:
    return verdict.comparisons if weight is None else f"{verdict.comparisons}; {weight.words}"


# ---------------------------------------------------------------- names and pairs


def _load_name_keys(engine: Engine, settings: Settings) -> None:
    """Keys of the names in registers and settings; role words in front are taken off as for riders."""
    written = set(settings.principal_names)
    for table, column in _NAMED:
        written |= {row[0] for row in engine.rows(f'SELECT DISTINCT "{column}" FROM {table}') if row[0]}  # noqa: S608
    engine.load(_NAME_KEYS, ({"written": name, "name_key": register_key(name)} for name in sorted(written)))


def register_key(name: str) -> str:
    """The key of one person's name as a register writes it, without role words: ``Gov. Jim Justice``."""
    riders = split_riders(name)
    return (riders[0].name_key if len(riders) == 1 else None) or name_key(name)


def candidate_pairs(names: Mapping[str, Name]) -> set[tuple[str, str]]:
    """Pairs of name keys near enough to compare, each with the alphabetically first name first.

    Names meet in blocks: one surname, one given name, or the same words. Within a block a pair is kept if
    the whole names score at least `LIKE_SCORE`, or one part agrees and the other may.
    """
    found: set[tuple[str, str]] = set()
    for block in _blocks(names.values()):
        for left, right in combinations(sorted(block, key=lambda name: name.key), 2):
            if _near(left, right):
                found.add((left.key, right.key))
    return found


def _blocks(names: Iterable[Name]) -> Iterator[list[Name]]:
    blocks: dict[tuple[str, str, str], list[Name]] = defaultdict(list)
    for name in names:
        blocks["surname", name.surname, ""].append(name)
        if len(name.given) > 1:
            blocks["given", name.given, name.surname[:1]].append(name)
        if len(name.key.split()) > 1:
            blocks["words", " ".join(sorted(name.key.split())), ""].append(name)
        if not name.given and name.surname:
            blocks["lone", name.surname[:2], ""].append(name)
    return iter(block for block in blocks.values() if len(block) > 1)


def _near(left: Name, right: Name) -> bool:
    surname = left.surname == right.surname
    given = left.given == right.given or not left.given or not right.given
    if surname and (given or initial(left.given, right.given) or nickname(left.given, right.given)):
        return True
    if left.given == right.given and typo(left.surname, right.surname):
        return True
    return fuzz.ratio(left.key, right.key, score_cutoff=LIKE_SCORE) > 0 or sorted(left.key.split()) == sorted(
        right.key.split()
    )


def _described(engine: Engine, names: Mapping[str, Name], pairs: Sequence[tuple[str, str]]) -> Iterator[Pair]:
    """The pairs with what rider lists say of them: together on a list, roles, agencies."""
    engine.load(_PAIRS, ({"left_name": left, "right_name": right} for left, right in pairs))
    together = {
        (left, right): count
        for left, right, count in engine.rows(
            "SELECT p.left_name, p.right_name, count(DISTINCT l.entry_id) FROM person_pairs p "
            "JOIN riders l ON l.name_key = p.left_name "
            "JOIN riders r ON r.name_key = p.right_name AND r.entry_id = l.entry_id GROUP BY ALL"
        )
    }
    known = {
        key: (frozenset(role_list or ()), frozenset(agency_list or ()))
        for key, role_list, agency_list in engine.rows(
            "WITH paired AS (SELECT left_name AS name_key FROM person_pairs "
            "UNION SELECT right_name FROM person_pairs) "
            "SELECT r.name_key, list_sort(list(DISTINCT r.role) FILTER (r.role IS NOT NULL)), "
            "list_sort(list(DISTINCT e.agency) FILTER (e.agency IS NOT NULL)) "
            "FROM riders r JOIN paired USING (name_key) "
            "LEFT JOIN log_entries e ON e.record_id = r.entry_id GROUP BY ALL"
        )
    }
    bearers = Counter(surname for _, surname in {(n.given, n.surname) for n in names.values() if n.given})
    nothing: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    for left, right in pairs:
        left_known, right_known = known.get(left, nothing), known.get(right, nothing)
        families = bearers[names[left].surname] > 1 and bearers[names[right].surname] > 1
        yield Pair(
            names[left],
            names[right],
            together.get((left, right), 0),
            left_known[0],
            right_known[0],
            left_known[1],
            right_known[1],
            families,
        )


# ---------------------------------------------------------------- judgements and clusters


def _judgements(engine: Engine) -> dict[tuple[str, str], tuple[str, str, str]]:
    """The latest judgement on each pair of names: (verdict, by whom, why)."""
    rows = engine.rows(
        "SELECT left_key, right_key, verdict, coalesce(by_whom, 'a person'), coalesce(why, '') "
        "FROM judgements WHERE kind = 'person' AND left_key IS NOT NULL AND right_key IS NOT NULL "
        "ORDER BY judged_at NULLS FIRST, verdict, by_whom, why"
    )
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for left, right, verdict, by_whom, why in rows:
        first, second = sorted((name_key(left), name_key(right)))
        found[first, second] = (verdict, by_whom, why)
    return found


def _clusters(
    verdicts: Mapping[tuple[str, str], Verdict], judged: Mapping[tuple[str, str], tuple[str, str, str]]
) -> Clusters:
    """Join the pairs that are the same, judgements first, never over a pair that is different."""
    clusters = Clusters(pair for pair, verdict in verdicts.items() if verdict.verdict == "different")
    same = [pair for pair, verdict in verdicts.items() if verdict.verdict == "same"]
    for left, right in sorted(same, key=lambda pair: (pair not in judged, -fuzz.ratio(*pair), pair)):
        clusters.join(left, right)
    return clusters
