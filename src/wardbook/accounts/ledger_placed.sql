-- Each credit and the account it stands in now: after a debt has passed, what is paid later lowers the debt of
-- the one it passed to, unless the first payer still bears a part of it and paid himself.
WITH heirs AS (
    SELECT
        instrument, first_payer, currency, min(payer) AS heir, list(payer) AS heirs,
        min(passed_on) AS passed_on, bool_or(first_keeps) AS first_keeps
    FROM ledger_passes
    GROUP BY instrument, first_payer, currency
)
SELECT
    c.record_id, c.kind, c.first_instrument, c.first_payer, c.paid_by, c.amount, c.currency, c.day, c.moved,
    c.counts_on, c.instrument,
    CASE
        WHEN h.heir IS NULL THEN c.payer
        WHEN list_contains(h.heirs, c.paid_by) THEN c.paid_by
        WHEN h.first_keeps THEN c.payer
        ELSE h.heir
    END AS payer
FROM ledger_moved AS c
LEFT JOIN heirs AS h
    ON h.instrument = c.instrument AND h.first_payer = c.payer AND h.currency = c.currency
    AND c.counts_on > h.passed_on
