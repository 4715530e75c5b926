-- What each payer owes: for uses by cost class, and under each order in force what is left of it. The two
-- are not to be added where an order rests on the same uses.
WITH others AS (
    SELECT c.payer, c.instrument, c.currency, c.amount
    FROM ledger_placed AS c
    JOIN ledger_turns AS t ON t.instrument = c.instrument
    LEFT JOIN order_states AS s
        ON s.instrument = c.instrument AND s.payer = c.payer AND s.currency = c.currency
    WHERE t.live AND s.instrument IS NULL
)
SELECT
    payer, cost_class, CAST(sum(amount) AS DECIMAL(18,2)) AS amount, currency, count(DISTINCT use_id) AS uses
FROM allocations
WHERE payer <> 'undetermined' AND payer <> {public_body}
GROUP BY payer, cost_class, currency
UNION ALL
SELECT payer, 'order: ' || instrument, CAST(sum(outstanding) AS DECIMAL(18,2)), currency, 0
FROM order_states
WHERE state <> 'superseded' AND NOT starts_with(state, 'contingent on ')
GROUP BY payer, instrument, currency
UNION ALL
SELECT payer, 'order: ' || instrument, CAST(-sum(amount) AS DECIMAL(18,2)), currency, 0
FROM others
GROUP BY payer, instrument, currency
UNION ALL
SELECT debtor, 'repaid without an order', CAST(-sum(amount) AS DECIMAL(18,2)), currency, 0
FROM order_payments
WHERE instrument IS NULL
GROUP BY debtor, currency
