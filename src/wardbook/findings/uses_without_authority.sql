-- Uses with neither a purpose nor an authority on record, by using agency and calendar year.
WITH spoken_for AS (
    SELECT DISTINCT s.use_id
    FROM (SELECT use_id, unnest(sources) AS record_id FROM uses) AS s
    JOIN log_entries AS e ON e.record_id = s.record_id
    WHERE nullif(trim(e.authorized_by), '') IS NOT NULL
        OR nullif(trim(e.stated_purpose), '') IS NOT NULL
        OR nullif(trim(e.justification), '') IS NOT NULL
),
bare AS (
    SELECT u.use_id, coalesce(u.agency, 'an agency not on record') AS agency, u.date, year(u.date) AS year,
        u.hours, u.sources
    FROM uses AS u
    LEFT JOIN facts AS f ON f.use_id = u.use_id
    WHERE u.use_id NOT IN (SELECT use_id FROM spoken_for)
        AND nullif(trim(u.stated_purpose), '') IS NULL
        AND NOT coalesce(f.purpose_stated, false)
        AND NOT coalesce(f.authorization_in_force, false)
),
spent AS (
    SELECT b.agency, b.year, CAST(sum(c.amount) AS DECIMAL(18,2)) AS amount, min(c.currency) AS currency
    FROM bare AS b
    JOIN costs AS c ON c.use_id = b.use_id
    GROUP BY b.agency, b.year
    HAVING count(DISTINCT c.currency) = 1
),
everything AS (
    SELECT coalesce(agency, 'an agency not on record') AS agency, year(date) AS year, count(*) AS uses
    FROM uses
    GROUP BY ALL
)
SELECT
    b.agency, b.year, count(*) AS uses, any_value(e.uses) AS all_uses,
    CAST(coalesce(sum(b.hours), 0) AS DECIMAL(18,3)) AS hours, min(b.date) AS first_day, max(b.date) AS last_day,
    any_value(s.amount) AS amount, any_value(s.currency) AS currency,
    list_sort(list(b.use_id)) AS use_ids, list_sort(list_distinct(flatten(list(b.sources)))) AS evidence
FROM bare AS b
JOIN everything AS e ON e.agency = b.agency AND e.year IS NOT DISTINCT FROM b.year
LEFT JOIN spent AS s ON s.agency = b.agency AND s.year IS NOT DISTINCT FROM b.year
GROUP BY b.agency, b.year
