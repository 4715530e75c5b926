-- Each payment with the debtor whose debt it lowers: an order of one payer is lowered whoever paid.
WITH debtors AS (
    SELECT instrument, min(payer) AS payer
    FROM order_lines
    GROUP BY instrument
    HAVING count(DISTINCT payer) = 1
)
SELECT
    r.record_id, nullif(trim(r.instrument), '') AS instrument,
    coalesce(d.payer, nullif(trim(r.payer), ''), 'undetermined') AS debtor,
    r.amount, coalesce(r.currency, {default_currency}) AS currency, r.day
FROM repayments AS r
LEFT JOIN debtors AS d ON d.instrument = nullif(trim(r.instrument), '')
WHERE r.amount IS NOT NULL
