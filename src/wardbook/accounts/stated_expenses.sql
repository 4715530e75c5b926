-- The expenses of each group asked for (a trip, what a trip's name begins with before a stroke, a voucher, or
-- all), in one cost class or in any: their sum, and what its working shows. $1 are the names of the groups, $2
-- their cost classes, $3 how many amounts are written out.
WITH asked AS (
    SELECT DISTINCT name, cost_class
    FROM (SELECT unnest(CAST($1 AS VARCHAR[])) AS name, unnest(CAST($2 AS VARCHAR[])) AS cost_class)
),
named AS (
    {named}
)
SELECT
    a.name, a.cost_class, count(*) AS number, sum(n.amount) AS amount, min(n.amount) AS least, max(n.amount) AS most,
    list(DISTINCT n.currency) FILTER (WHERE n.currency IS NOT NULL) AS currencies,
    list(n.amount ORDER BY n.day NULLS LAST, n.amount DESC, n.record_id)[1:$3] AS first_amounts,
    list(DISTINCT n.record_id) AS record_ids,
    list(DISTINCT nullif(n.cost_class, '')) AS cost_classes,
    list(DISTINCT n.person) AS people
FROM named AS n
JOIN asked AS a ON a.name = n.name AND (a.cost_class IS NULL OR a.cost_class = n.cost_class)
GROUP BY a.name, a.cost_class
