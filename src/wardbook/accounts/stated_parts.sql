-- The other stated figures whose names begin with a prefix, for each figure tested by the sum of its parts. $1
-- numbers the figures; $2 are their prefixes, $3 their records, $4 their names.
WITH asked AS (
    SELECT
        unnest(CAST($1 AS BIGINT[])) AS number, unnest(CAST($2 AS VARCHAR[])) AS prefix,
        unnest(CAST($3 AS VARCHAR[])) AS record_id, unnest(CAST($4 AS VARCHAR[])) AS assertion_id
)
SELECT
    q.number, a.record_id, a.assertion_id, a.value, a.unit, a.counting_rule, a.scope_from, a.scope_to, a.scope_covers
FROM asked AS q
JOIN assertions AS a ON starts_with(a.assertion_id, q.prefix)
WHERE a.record_id <> q.record_id AND a.assertion_id <> q.assertion_id AND a.value IS NOT NULL
ORDER BY q.number, a.value DESC, a.assertion_id, a.record_id
