-- Each line of an order or settlement with its amount (or units times unit amount), whether another instrument
-- has replaced it, and whether it is contingent: another payer of the instrument must pay first.
WITH lines AS (
    SELECT
        o.record_id, coalesce(nullif(trim(o.instrument), ''), o.record_id) AS instrument,
        coalesce(nullif(trim(o.payer), ''), 'undetermined') AS payer,
        coalesce(nullif(lower(trim(o.kind)), ''), 'obligation') AS kind,
        CAST(coalesce(o.amount, o.units * o.unit_amount) AS DECIMAL(18,2)) AS amount,
        coalesce(o.currency, {default_currency}) AS currency, o.decided_on,
        nullif(trim(o.supersedes), '') AS supersedes, nullif(trim(o.liable_after), '') AS liable_after,
        nullif(trim(o.revives_on_default), '') AS revives_on_default,
        least(greatest(coalesce(o.days_of_grace, 0), 0), 36500) AS days_of_grace
    FROM obligations AS o CROSS JOIN ledger_day AS t
    WHERE coalesce(o.amount, o.units * o.unit_amount) IS NOT NULL AND coalesce(o.decided_on <= t.day, true)
),
payers AS (
    SELECT instrument, currency, payer, bool_or(liable_after IS NULL OR liable_after = payer) AS first
    FROM lines
    GROUP BY instrument, currency, payer
),
led AS (
    SELECT instrument, currency FROM payers WHERE first GROUP BY instrument, currency
)
SELECT
    l.record_id, l.instrument, l.payer, l.kind, l.amount, l.currency,
    l.instrument IN (SELECT instrument FROM ledger_replaced) AS superseded,
    l.decided_on, l.supersedes, l.liable_after, l.revives_on_default, l.days_of_grace,
    coalesce(l.liable_after <> l.payer AND p.payer IS NOT NULL AND d.instrument IS NOT NULL, false) AS contingent
FROM lines AS l
LEFT JOIN payers AS p
    ON p.instrument = l.instrument AND p.currency = l.currency AND p.payer = l.liable_after
LEFT JOIN led AS d ON d.instrument = l.instrument AND d.currency = l.currency
