-- The rate in force for each use: a rate for the using agency before a general one, then the latest dated.
-- `choices` counts the different rates that are equally good: more than one settles nothing.
WITH asked AS (
    SELECT DISTINCT vehicle, agency, date FROM uses WHERE vehicle IS NOT NULL
),
ranked AS (
    SELECT
        k.vehicle, k.agency, k.date, lower(trim(r.unit)) AS unit, r.amount,
        coalesce(r.currency, {default_currency}) AS currency, r.record_id,
        rank() OVER (
            PARTITION BY k.vehicle, k.agency, k.date, lower(trim(r.unit))
            ORDER BY r.agency IS NULL, r.valid_from DESC NULLS LAST
        ) AS place
    FROM asked AS k
    JOIN rates AS r
        ON r.vehicle = k.vehicle
        AND (r.agency IS NULL OR r.agency = k.agency)
        AND (r.valid_from IS NULL OR r.valid_from <= k.date)
        AND (r.valid_to IS NULL OR r.valid_to >= k.date)
    WHERE r.amount IS NOT NULL AND lower(trim(r.unit)) IN ('hour', 'mile')
),
best AS (
    SELECT
        vehicle, agency, date, unit, min(amount) AS amount, min(currency) AS currency,
        count(DISTINCT (amount, currency)) AS choices,
        list_sort(list(DISTINCT amount)) AS amounts,
        list_sort(list(DISTINCT record_id)) AS rate_ids
    FROM ranked
    WHERE place = 1
    GROUP BY vehicle, agency, date, unit
),
distances AS (
    SELECT s.use_id, arg_min(e.distance_m, e.record_id) AS distance_m
    FROM (
        SELECT use_id, unnest(sources) AS record_id
        FROM uses
        WHERE vehicle IN (SELECT vehicle FROM best WHERE unit = 'mile')
    ) AS s
    JOIN log_entries AS e ON e.record_id = s.record_id
    WHERE e.distance_m IS NOT NULL
    GROUP BY s.use_id
)
SELECT
    u.use_id, b.unit, b.amount, b.currency, b.choices, b.amounts, b.rate_ids, d.distance_m
FROM uses AS u
JOIN best AS b
    ON b.vehicle = u.vehicle AND b.agency IS NOT DISTINCT FROM u.agency
    AND b.date IS NOT DISTINCT FROM u.date
LEFT JOIN distances AS d ON d.use_id = u.use_id
QUALIFY row_number() OVER (
    PARTITION BY u.use_id
    ORDER BY
        CASE WHEN b.unit = 'hour' THEN u.hours IS NULL ELSE d.distance_m IS NULL END,
        b.unit
) = 1
