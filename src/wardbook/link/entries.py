"""Which log entries of different sources are one use: comparisons, one-to-one matches, groups.

Gives ``entry_comparisons`` and ``entry_groups`` (``record_id`` of every log entry, ``root`` of its group).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from wardbook.link.clusters import Clusters
from wardbook.records.engine import Engine
from wardbook.records.schema import TEXT, Column, Table

_HERE = "wardbook.link"
_EDGE = (Column("left_id", TEXT, "log entry"), Column("right_id", TEXT, "log entry"))
_REGROUPED = Table("entry_regrouped", "one entry and its root", (*_EDGE,))


def link_entries(engine: Engine) -> None:
    """Make ``entry_keys``, ``entry_comparisons`` and ``entry_groups`` from entries, persons, judgements."""
    engine.run_file(_HERE, "entry_keys")
    engine.run("entry_judgements", _JUDGED)
    engine.run_file(_HERE, "entry_pairs")
    _match(engine)
    engine.run_file(_HERE, "entry_other_days")
    engine.run_file(_HERE, "entry_comparisons")
    _group(engine)


_JUDGED = """
SELECT least(left_key, right_key) AS left_id, greatest(left_key, right_key) AS right_id,
       arg_max(verdict, struct_pack(at := judged_at, tie := verdict)) AS verdict,
       coalesce(arg_max(by_whom, struct_pack(at := judged_at, tie := verdict)), 'a person') AS by_whom,
       coalesce(arg_max(why, struct_pack(at := judged_at, tie := verdict)), '') AS why
FROM judgements
WHERE kind = 'entry' AND left_key IN (SELECT record_id FROM log_entries)
  AND right_key IN (SELECT record_id FROM log_entries) AND left_key <> right_key
GROUP BY ALL
"""


def _match(engine: Engine) -> None:
    """Match one to one, best first: take the pairs that are each other's best until none is left."""
    engine.run(
        "entry_matches",
        "SELECT left_id, right_id, left_exhibit, right_exhibit FROM entry_pairs "
        "WHERE one_exhibit AND verdict = 'same'",
    )
    engine.run(
        "entry_pool",
        "SELECT p.* FROM entry_pairs p "
        "ANTI JOIN (SELECT * FROM entry_judgements WHERE verdict = 'different') j "
        "ON j.left_id = p.left_id AND j.right_id = p.right_id "
        "WHERE p.verdict = 'same' AND NOT p.one_exhibit",
    )
    while engine.count("entry_pool"):
        engine.run_file(_HERE, "entry_best")
        engine.run("entry_matches", "SELECT * FROM entry_matches UNION SELECT * FROM entry_best")
        engine.run(
            "entry_pool",
            "SELECT p.* FROM entry_pool p "
            "ANTI JOIN entry_best l ON l.left_id = p.left_id AND l.right_exhibit = p.right_exhibit "
            "ANTI JOIN entry_best r ON r.right_id = p.right_id AND r.left_exhibit = p.left_exhibit",
        )


def _group(engine: Engine) -> None:
    """Give every log entry the root of its group: the smallest record_id it is joined to, directly or not."""
    engine.run(
        "entry_edges",
        "SELECT left_id, right_id FROM entry_comparisons WHERE verdict = 'same' "
        "UNION SELECT right_id, left_id FROM entry_comparisons WHERE verdict = 'same'",
    )
    engine.run("entry_labels", "SELECT DISTINCT left_id AS record_id, left_id AS root FROM entry_edges")
    changed = engine.count("entry_labels")
    while changed:
        engine.run(
            "entry_labels",
            "SELECT l.record_id, least(min(l.root), min(n.root)) AS root, min(l.root) AS was "
            "FROM entry_labels l JOIN entry_edges e ON e.left_id = l.record_id "
            "JOIN entry_labels n ON n.record_id = e.right_id "
            "GROUP BY l.record_id",
        )
        changed = int(engine.one("SELECT count(*) FROM entry_labels WHERE root <> was"))
    _regroup(engine)
    engine.run(
        "entry_groups",
        "SELECT k.record_id, coalesce(r.right_id, l.root, k.record_id) AS root FROM entry_keys k "
        "LEFT JOIN entry_labels l USING (record_id) LEFT JOIN entry_regrouped r ON r.left_id = k.record_id",
    )


def _regroup(engine: Engine) -> None:
    """Take apart the few groups that would hold two entries of one exhibit, or two judged different."""
    engine.run(
        "entry_conflicts",
        "SELECT l.root FROM entry_labels l JOIN entry_keys k USING (record_id) "
        "GROUP BY l.root HAVING count(*) > count(DISTINCT k.exhibit) "
        "UNION SELECT a.root FROM entry_judgements j JOIN entry_labels a ON a.record_id = j.left_id "
        "JOIN entry_labels b ON b.record_id = j.right_id AND b.root = a.root WHERE j.verdict = 'different'",
    )
    members = engine.rows(
        "SELECT l.root, k.exhibit, l.record_id FROM entry_labels l JOIN entry_conflicts USING (root) "
        "JOIN entry_keys k USING (record_id) ORDER BY ALL"
    )
    edges = engine.rows(
        "SELECT c.left_id, c.right_id FROM entry_comparisons c "
        "JOIN entry_labels l ON l.record_id = c.left_id JOIN entry_conflicts USING (root) "
        "LEFT JOIN entry_pairs p ON p.left_id = c.left_id AND p.right_id = c.right_id "
        "LEFT JOIN entry_judgements j ON j.left_id = c.left_id AND j.right_id = c.right_id "
        "WHERE c.verdict = 'same' ORDER BY j.verdict IS NULL, p.one_exhibit IS NOT TRUE, p.points DESC, "
        "p.hours_apart, p.occurrences_apart, c.left_id, c.right_id"
    )
    same = {tuple(sorted(edge)) for edge in edges}
    judged = engine.rows("SELECT left_id, right_id FROM entry_judgements WHERE verdict = 'different'")
    exhibits: dict[tuple[str, str], list[str]] = defaultdict(list)
    for root, exhibit, record_id in members:
        exhibits[root, exhibit].append(record_id)
    apart = [pair for group in exhibits.values() for pair in combinations(group, 2) if pair not in same]
    clusters = Clusters((*apart, *((left, right) for left, right in judged)))
    for left, right in edges:
        clusters.join(left, right)
    rows = ({"left_id": record_id, "right_id": clusters.first(record_id)} for _, _, record_id in members)
    engine.load(_REGROUPED, rows)
