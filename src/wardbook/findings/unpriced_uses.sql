-- Uses that cannot be priced from the rates on record, by vehicle and reason. An invoiced use is listed only
-- where several rates fit, since its invoice cannot be checked.
WITH reasons AS (
    SELECT
        u.use_id, u.vehicle, u.date, u.hours, u.sources, u.invoiced,
        CASE
            WHEN r.use_id IS NULL THEN 'no rate on record'
            WHEN r.choices > 1 THEN 'several rates fit equally well: ' || array_to_string(r.amounts, ', ')
            WHEN r.unit = 'hour' AND u.hours IS NULL THEN 'no hours on record'
            WHEN r.unit = 'mile' AND r.distance_m IS NULL THEN 'no distance on record'
        END AS reason,
        coalesce(r.choices > 1, false) AS ambiguous,
        CASE WHEN r.choices > 1 THEN r.rate_ids ELSE [] END AS rate_ids
    FROM uses AS u
    LEFT JOIN use_rates AS r ON r.use_id = u.use_id
    WHERE u.vehicle IS NOT NULL
)
SELECT
    vehicle, reason, ambiguous, count(*) AS uses, count(invoiced) AS invoiced_uses,
    CAST(coalesce(sum(hours), 0) AS DECIMAL(18,3)) AS hours, min(date) AS first_day, max(date) AS last_day,
    list_sort(list(use_id)) AS use_ids,
    list_sort(list_distinct(list_concat(flatten(list(sources)), flatten(list(rate_ids))))) AS evidence
FROM reasons
WHERE reason IS NOT NULL AND (invoiced IS NULL OR ambiguous)
GROUP BY vehicle, reason, ambiguous
