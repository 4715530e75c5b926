-- Which instrument another one has replaced, by the day of the account, and when.
SELECT
    trim(o.supersedes) AS instrument, coalesce(nullif(trim(o.instrument), ''), o.record_id) AS replaced_by,
    min(o.decided_on) AS replaced_on
FROM obligations AS o CROSS JOIN ledger_day AS t
WHERE nullif(trim(o.supersedes), '') IS NOT NULL
    AND trim(o.supersedes) <> coalesce(nullif(trim(o.instrument), ''), o.record_id)
    AND coalesce(o.decided_on <= t.day, true)
GROUP BY trim(o.supersedes), coalesce(nullif(trim(o.instrument), ''), o.record_id)
