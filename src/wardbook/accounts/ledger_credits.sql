-- All that lowers a debt: payments, what is laid into escrow (below zero: taken out), what is written off.
WITH told AS (
    SELECT
        r.record_id, CASE WHEN r.into_escrow THEN 'in escrow' ELSE 'paid' END AS kind,
        nullif(trim(r.instrument), '') AS instrument, nullif(trim(r.payer), '') AS paid_by, r.amount,
        coalesce(r.currency, {default_currency}) AS currency, r.day
    FROM repayments AS r
    UNION ALL
    SELECT
        w.record_id, 'written off', nullif(trim(w.instrument), ''), nullif(trim(w.payer), ''), w.amount,
        coalesce(w.currency, {default_currency}), w.day
    FROM write_offs AS w
)
SELECT
    c.record_id, c.kind, c.instrument, c.paid_by, coalesce(p.debtor, c.paid_by, 'undetermined') AS debtor,
    c.amount, c.currency, c.day
FROM told AS c
CROSS JOIN ledger_day AS t
LEFT JOIN ledger_payers AS p
    ON p.instrument = c.instrument AND (p.payer IS NULL OR p.payer = c.paid_by)
WHERE c.amount IS NOT NULL AND coalesce(c.day <= t.day, true)
