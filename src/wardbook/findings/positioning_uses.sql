-- Uses that moved a vehicle and nobody else: the log calls them positioning, or no rider is on record
-- and its purpose is none of those that carry nobody by their nature.
WITH carried AS (
    SELECT DISTINCT s.use_id
    FROM (SELECT use_id, unnest(sources) AS record_id FROM uses) AS s
    JOIN riders AS r ON r.entry_id = s.record_id
),
empty AS (
    SELECT
        u.use_id, u.vehicle, u.date, u.hours, u.sources, coalesce(f.purpose = 'positioning', false) AS called
    FROM uses AS u
    LEFT JOIN facts AS f ON f.use_id = u.use_id
    WHERE u.vehicle IS NOT NULL AND coalesce(u.task, 'movement') = 'movement'
        AND (
            f.purpose = 'positioning'
            OR (coalesce(f.purpose, '') NOT IN ('maintenance', 'training', 'law enforcement', 'emergency')
                AND nullif(trim(u.riders), '') IS NULL AND u.use_id NOT IN (SELECT use_id FROM carried))
        )
),
spent AS (
    SELECT
        e.vehicle, CAST(sum(c.amount) AS DECIMAL(18,2)) AS amount,
        min(c.currency) AS currency
    FROM empty AS e
    JOIN costs AS c ON c.use_id = e.use_id
    GROUP BY e.vehicle
    HAVING count(DISTINCT c.currency) = 1
)
SELECT
    e.vehicle, min(e.date) AS first_day, max(e.date) AS last_day, count(*) AS uses, count(*) FILTER (e.called) AS called,
    CAST(coalesce(sum(e.hours), 0) AS DECIMAL(18,3)) AS hours, any_value(s.amount) AS amount,
    any_value(s.currency) AS currency, list_sort(list(e.use_id)) AS use_ids,
    list_sort(list_distinct(flatten(list(e.sources)))) AS evidence
FROM empty AS e
LEFT JOIN spent AS s ON s.vehicle = e.vehicle
GROUP BY e.vehicle
