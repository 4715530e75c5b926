-- Of the expenses counted for each figure, those that lie outside the scope stated, by the first reason why.
-- $1 numbers the figures; $2 and $3 are group and cost class, as in stated_expenses; $4 and $5 are the first and
-- last day stated, $6 and $7 the cost classes and the people that the statement covers.
WITH asked AS (
    SELECT
        unnest(CAST($1 AS BIGINT[])) AS number, unnest(CAST($2 AS VARCHAR[])) AS name,
        unnest(CAST($3 AS VARCHAR[])) AS cost_class, unnest(CAST($4 AS DATE[])) AS first_day,
        unnest(CAST($5 AS DATE[])) AS last_day, unnest(CAST($6 AS VARCHAR[][])) AS classes,
        unnest(CAST($7 AS VARCHAR[][])) AS people
),
named AS (
    {named}
),
told AS (
    SELECT a.number, n.amount, CASE
        WHEN n.last_day < a.first_day THEN 'before ' || a.first_day
        WHEN n.day > a.last_day THEN 'after ' || a.last_day
        WHEN len(a.classes) > 0 AND NOT list_contains(a.classes, nullif(n.cost_class, '')) THEN 'of ' || n.cost_class
        WHEN len(a.people) > 0 AND NOT list_contains(a.people, n.person) THEN 'of ' || n.person
    END AS outside
    FROM named AS n
    JOIN asked AS a ON a.name = n.name AND (a.cost_class IS NULL OR a.cost_class = n.cost_class)
)
SELECT number, outside, count(*), sum(amount)
FROM told
WHERE outside IS NOT NULL
GROUP BY number, outside
ORDER BY number, outside
