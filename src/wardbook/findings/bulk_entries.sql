-- Runs of log entries made together: at least {entries} entries of at least {days} days within one hour in
-- one log. Overlapping hours that qualify are one run.
WITH made AS (
    SELECT record_id, exhibit, day, logged_at FROM log_entries WHERE logged_at IS NOT NULL AND day IS NOT NULL
),
crowded AS (
    SELECT
        *,
        count(*) OVER hour_from AS entries,
        count(DISTINCT day) OVER hour_from AS days,
        max(logged_at) OVER hour_from AS hour_last
    FROM made
    WINDOW hour_from AS (
        PARTITION BY exhibit ORDER BY logged_at
        RANGE BETWEEN CURRENT ROW AND INTERVAL 1 HOUR FOLLOWING
    )
),
spans AS (
    SELECT DISTINCT exhibit, logged_at AS starts, hour_last AS ends
    FROM crowded
    WHERE entries >= {entries} AND days >= {days}
),
fronts AS (
    SELECT *, max(ends) OVER (
        PARTITION BY exhibit ORDER BY starts, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached
    FROM spans
),
numbered AS (
    SELECT *, count(*) FILTER (reached IS NULL OR starts > reached) OVER (
        PARTITION BY exhibit ORDER BY starts, ends ROWS UNBOUNDED PRECEDING
    ) AS run
    FROM fronts
),
runs AS (
    SELECT exhibit, run, min(starts) AS starts, max(ends) AS ends FROM numbered GROUP BY exhibit, run
),
members AS (
    SELECT r.exhibit, r.run, r.starts, r.ends, m.record_id, m.day
    FROM runs AS r
    JOIN made AS m ON m.exhibit = r.exhibit AND m.logged_at BETWEEN r.starts AND r.ends
),
belongings AS (
    SELECT use_id, unnest(sources) AS record_id FROM uses
),
paths AS (
    SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit
)
SELECT
    m.exhibit, m.starts, m.ends, count(DISTINCT m.record_id) AS entries, count(DISTINCT m.day) AS days,
    min(m.day) AS first_day, max(m.day) AS last_day, any_value(p.path) AS path,
    list_sort(list(DISTINCT m.record_id)) AS evidence,
    coalesce(list_sort(list(DISTINCT b.use_id) FILTER (b.use_id IS NOT NULL)), []) AS use_ids
FROM members AS m
LEFT JOIN belongings AS b ON b.record_id = m.record_id
LEFT JOIN paths AS p ON p.exhibit = m.exhibit
GROUP BY m.exhibit, m.run, m.starts, m.ends
