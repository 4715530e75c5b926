-- What is due under each order, and when: the instalments of its plan, and what the plan leaves on the days of
-- its lines; no more than the order. `after` and `upto` are the sums before and with the item, oldest first.
WITH lines AS (
    SELECT
        instrument, payer, currency, decided_on AS due_on, sum(amount) AS amount,
        list_sort(list(record_id)) AS sources
    FROM order_lines
    WHERE NOT contingent AND amount > 0
    GROUP BY instrument, payer, currency, decided_on
),
totals AS (
    SELECT instrument, payer, currency, sum(amount) AS total FROM lines GROUP BY instrument, payer, currency
),
graces AS (
    SELECT instrument, max(days_of_grace) AS grace FROM order_lines GROUP BY instrument
),
plan AS (
    SELECT t.instrument, t.payer, t.currency, i.due_on, i.amount, i.record_id
    FROM instalments AS i
    LEFT JOIN ledger_payers AS p
        ON p.instrument = trim(i.instrument) AND (p.payer IS NULL OR p.payer = nullif(trim(i.payer), ''))
    JOIN totals AS t
        ON t.instrument = trim(i.instrument)
        AND t.payer = coalesce(p.debtor, nullif(trim(i.payer), ''), 'undetermined')
        AND t.currency = coalesce(i.currency, {default_currency})
    WHERE i.amount > 0
),
planned AS (
    SELECT instrument, payer, currency, sum(amount) AS planned FROM plan GROUP BY instrument, payer, currency
),
summed AS (
    SELECT
        l.*, coalesce(p.planned, 0) AS planned,
        sum(l.amount) OVER (
            PARTITION BY l.instrument, l.payer, l.currency ORDER BY l.due_on NULLS LAST
            ROWS UNBOUNDED PRECEDING
        ) AS upto
    FROM lines AS l
    LEFT JOIN planned AS p
        ON p.instrument = l.instrument AND p.payer = l.payer AND p.currency = l.currency
),
due AS (
    SELECT
        instrument, payer, currency, due_on, least(amount, greatest(upto - planned, 0)) AS amount, sources,
        false AS of_plan
    FROM summed
    UNION ALL
    SELECT instrument, payer, currency, due_on, amount, [record_id], true FROM plan
),
ordered AS (
    SELECT
        *,
        sum(amount) OVER (
            PARTITION BY instrument, payer, currency
            ORDER BY due_on NULLS LAST, amount, of_plan, sources ROWS UNBOUNDED PRECEDING
        ) AS upto
    FROM due
    WHERE amount > 0
)
SELECT
    o.instrument, o.payer, o.currency, o.due_on,
    CAST(least(o.upto, t.total) - least(o.upto - o.amount, t.total) AS DECIMAL(18,2)) AS amount,
    CAST(least(o.upto - o.amount, t.total) AS DECIMAL(18,2)) AS after,
    CAST(least(o.upto, t.total) AS DECIMAL(18,2)) AS upto,
    o.due_on + CAST(g.grace AS INTEGER) AS last_day, o.of_plan, o.sources,
    CAST(coalesce(p.planned, 0) AS DECIMAL(18,2)) AS planned, CAST(t.total AS DECIMAL(18,2)) AS total
FROM ordered AS o
JOIN totals AS t ON t.instrument = o.instrument AND t.payer = o.payer AND t.currency = o.currency
JOIN graces AS g ON g.instrument = o.instrument
LEFT JOIN planned AS p ON p.instrument = o.instrument AND p.payer = o.payer AND p.currency = o.currency
WHERE o.upto - o.amount < t.total
