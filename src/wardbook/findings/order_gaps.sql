-- Payments that no order in force explains, and lines whose units times unit amount differ from their amount.
-- What was paid on a settlement in default counts on the order that is in force again.
SELECT
    'payment' AS what, p.record_id, p.instrument, p.debtor AS payer, p.amount, p.currency, p.day,
    NULL AS units, CAST(NULL AS DECIMAL(18,2)) AS unit_amount,
    p.instrument IN (SELECT instrument FROM order_lines) AS known
FROM order_payments AS p
WHERE p.instrument IS NOT NULL
    AND p.instrument NOT IN (SELECT instrument FROM ledger_turns WHERE live)
    AND p.record_id NOT IN (SELECT record_id FROM ledger_placed WHERE moved)
UNION ALL
SELECT
    'line', o.record_id, o.instrument, o.payer, o.amount, o.currency, o.decided_on, o.units, o.unit_amount, true
FROM obligations AS o
WHERE o.amount IS NOT NULL AND o.units * o.unit_amount <> o.amount
