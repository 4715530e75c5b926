-- What each payer owes: for uses by cost class, and under each order in force what is left of it. The two
-- are not to be added where an order rests on the same uses.
WITH orders AS (
    SELECT payer, instrument, currency, amount
    FROM order_lines
    WHERE NOT superseded
    UNION ALL
    SELECT p.debtor, p.instrument, p.currency, -p.amount
    FROM order_payments AS p
    WHERE p.instrument IN (SELECT instrument FROM order_lines WHERE NOT superseded)
)
SELECT
    payer, cost_class, CAST(sum(amount) AS DECIMAL(18,2)) AS amount, currency, count(DISTINCT use_id) AS uses
FROM allocations
WHERE payer <> 'undetermined' AND payer <> {public_body}
GROUP BY payer, cost_class, currency
UNION ALL
SELECT payer, 'order: ' || instrument, CAST(sum(amount) AS DECIMAL(18,2)), currency, 0
FROM orders
GROUP BY payer, instrument, currency
UNION ALL
SELECT debtor, 'repaid without an order', CAST(-sum(amount) AS DECIMAL(18,2)), currency, 0
FROM order_payments
WHERE instrument IS NULL
GROUP BY debtor, currency
