-- The day the account is drawn up for: the day given, else the latest day of an order, payment or write-off on
-- record. A day on which something is due is not taken: it may lie in the future.
WITH told AS (
    SELECT o.decided_on AS day FROM obligations AS o
    UNION ALL
    SELECT r.day FROM repayments AS r
    UNION ALL
    SELECT w.day FROM write_offs AS w
)
SELECT
    coalesce({given}, max(day)) AS day,
    CASE
        WHEN {given} IS NOT NULL THEN 'the day asked for'
        WHEN max(day) IS NULL THEN 'no order, payment or write-off has a day on record'
        ELSE 'the latest day of an order, a payment or a write-off on record'
    END AS basis
FROM told
