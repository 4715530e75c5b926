-- What each entry of the ledger is about: its day, words and sources.
SELECT
    'cost:' || c.cost_id AS entry_id, coalesce(c.day, u.date) AS day, 'cost' AS what,
    c.cost_class || coalesce(' of use ' || c.use_id, ', of no use on record') AS words, c.sources
FROM costs AS c
LEFT JOIN uses AS u ON u.use_id = c.use_id
UNION ALL
SELECT
    entry_id, min(day), min(what), min(words), list_sort(list_distinct(flatten(list(sources))))
FROM ledger_moves
GROUP BY entry_id
