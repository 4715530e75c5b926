-- Each credit on an order on record, and where it counts after a default: what was paid on a settlement counts
-- on the order that came back, from the day it did. `counts_on` is the day from which it counts there.
SELECT
    c.record_id, c.kind, c.instrument AS first_instrument, c.debtor AS first_payer, c.paid_by, c.amount,
    c.currency, c.day, p.debtor IS NOT NULL AS moved,
    CASE WHEN p.debtor IS NULL THEN c.instrument ELSE t.revives END AS instrument,
    coalesce(p.debtor, c.debtor) AS payer,
    CASE WHEN p.debtor IS NULL THEN c.day ELSE greatest(c.day, t.defaulted_on) END AS counts_on
FROM ledger_credits AS c
JOIN ledger_turns AS t ON t.instrument = c.instrument
LEFT JOIN ledger_payers AS p ON p.instrument = t.revives AND (p.payer IS NULL OR p.payer = c.debtor)
