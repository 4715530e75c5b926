-- Uses whose log entry was made more than a day after the use, by using agency and calendar year.
WITH late AS (
    SELECT
        u.use_id, coalesce(u.agency, 'an agency not on record') AS agency, year(u.date) AS year, u.date,
        date_diff('day', u.date, CAST(u.logged_at AS DATE)) AS days, u.sources
    FROM uses AS u
    JOIN facts AS f ON f.use_id = u.use_id
    WHERE f.made_after_event AND u.logged_at IS NOT NULL
),
timed AS (
    SELECT coalesce(agency, 'an agency not on record') AS agency, year(date) AS year, count(*) AS uses
    FROM uses
    WHERE logged_at IS NOT NULL
    GROUP BY ALL
)
SELECT
    l.agency, l.year, count(*) AS uses, any_value(t.uses) AS timed_uses, max(l.days) AS longest,
    list_sort(list(l.use_id)) AS use_ids, list_sort(list_distinct(flatten(list(l.sources)))) AS evidence,
    list_sort(list({'days': -l.days, 'date': l.date, 'use_id': l.use_id})) AS delays
FROM late AS l
JOIN timed AS t ON t.agency = l.agency AND t.year IS NOT DISTINCT FROM l.year
GROUP BY l.agency, l.year
