-- Orders of which an item was still not paid when its day and the days of grace were over: the first such item.
-- Money in escrow and what was written off counts as paid here; so does a payment whose day is not on record.
WITH lowered AS (
    SELECT instrument, debtor AS payer, currency, day, amount FROM ledger_credits
    UNION ALL
    SELECT instrument, payer, currency, decided_on, -amount FROM order_lines WHERE amount < 0 AND NOT contingent
),
filled AS (
    SELECT
        i.instrument, i.payer, i.currency, i.due_on, i.last_day, i.upto, i.amount,
        coalesce(sum(c.amount), 0) AS filled
    FROM ledger_items AS i
    LEFT JOIN lowered AS c
        ON c.instrument = i.instrument AND c.payer = i.payer AND c.currency = i.currency
        AND coalesce(c.day <= i.last_day, true)
    WHERE i.last_day IS NOT NULL
    GROUP BY i.instrument, i.payer, i.currency, i.due_on, i.last_day, i.upto, i.amount
)
SELECT f.instrument, f.payer, f.currency, f.due_on, f.last_day, f.last_day + 1 AS defaulted_on, f.amount
FROM filled AS f CROSS JOIN ledger_day AS t
WHERE f.filled < f.upto AND f.last_day < t.day
QUALIFY row_number() OVER (
    PARTITION BY f.instrument, f.payer, f.currency ORDER BY f.last_day, f.upto
) = 1
