-- Whose debt a payment lowers: of an order of one payer his, whoever paid (payer NULL); of an order of several
-- that of the payer named; of one who is liable after another, that of the other.
WITH payers AS (
    SELECT instrument, payer, bool_or(NOT contingent) AS own, min(liable_after) AS liable_after
    FROM order_lines
    GROUP BY instrument, payer
),
sole AS (
    SELECT instrument, min(payer) AS payer FROM payers WHERE own GROUP BY instrument HAVING count(*) = 1
)
SELECT instrument, CAST(NULL AS VARCHAR) AS payer, payer AS debtor FROM sole
UNION ALL
SELECT instrument, payer, CASE WHEN own THEN payer ELSE liable_after END
FROM payers
WHERE instrument NOT IN (SELECT instrument FROM sole)
