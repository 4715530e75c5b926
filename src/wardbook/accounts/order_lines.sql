-- Each line of an order or settlement with its amount (or units times unit amount), and whether another
-- instrument has replaced it.
SELECT
    o.record_id, coalesce(nullif(trim(o.instrument), ''), o.record_id) AS instrument,
    coalesce(nullif(trim(o.payer), ''), 'undetermined') AS payer,
    coalesce(nullif(lower(trim(o.kind)), ''), 'obligation') AS kind,
    CAST(coalesce(o.amount, o.units * o.unit_amount) AS DECIMAL(18,2)) AS amount,
    coalesce(o.currency, {default_currency}) AS currency,
    coalesce(o.instrument IN (
        SELECT supersedes FROM obligations
        WHERE supersedes IS NOT NULL AND supersedes IS DISTINCT FROM instrument
    ), false) AS superseded
FROM obligations AS o
WHERE coalesce(o.amount, o.units * o.unit_amount) IS NOT NULL
