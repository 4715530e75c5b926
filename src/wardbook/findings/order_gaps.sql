-- Payments that no order in force explains, lines whose units times unit amount differ from their amount, and what is
-- written off of, or to be paid in instalments on, an instrument without a line in the book.
-- What was paid on a settlement in default counts on the order that is in force again.
SELECT
    'payment' AS what, [p.record_id] AS records, p.instrument, p.debtor AS payer, p.amount, p.currency, p.day,
    NULL AS units, CAST(NULL AS DECIMAL(18,2)) AS unit_amount,
    p.instrument IN (SELECT instrument FROM order_lines) AS known
FROM order_payments AS p
WHERE p.instrument IS NOT NULL
    AND p.instrument NOT IN (SELECT instrument FROM ledger_turns WHERE live)
    AND p.record_id NOT IN (SELECT record_id FROM ledger_placed WHERE moved)
UNION ALL
SELECT
    'line', [o.record_id], o.instrument, o.payer, o.amount, o.currency, o.decided_on, o.units, o.unit_amount, true
FROM obligations AS o
WHERE o.amount IS NOT NULL AND o.units * o.unit_amount <> o.amount
UNION ALL
SELECT 'write-off', [w.record_id], w.instrument, w.payer, w.amount, w.currency, w.day, NULL, NULL, false
FROM write_offs AS w
WHERE coalesce(w.instrument NOT IN (SELECT instrument FROM order_lines), true)
UNION ALL
SELECT
    'plan', list_sort(list(i.record_id)), i.instrument, i.payer, CAST(sum(i.amount) AS DECIMAL(18,2)), i.currency,
    min(i.due_on), count(*), NULL, false
FROM instalments AS i
WHERE coalesce(i.instrument NOT IN (SELECT instrument FROM order_lines), true)
GROUP BY i.instrument, i.payer, i.currency
