-- Tracks without times on a day for which the vehicle has no log entry, by vehicle, calendar year, and whether the day lies
-- within the period that the vehicle's log entries cover.
WITH covered AS (
    SELECT vehicle, min(day) AS first_day, max(day) AS last_day
    FROM log_entries
    WHERE vehicle IS NOT NULL AND day IS NOT NULL
    GROUP BY vehicle
),
logged AS (
    SELECT DISTINCT vehicle, day FROM log_entries
),
alone AS (
    SELECT t.record_id, t.vehicle, t.day, t.fixes
    FROM tracks AS t
    ANTI JOIN logged AS g ON g.vehicle = t.vehicle AND g.day = t.day
    ANTI JOIN (SELECT track_id FROM fixes f WHERE f.at IS NOT NULL) AS timed ON timed.track_id = t.record_id
    WHERE t.vehicle IS NOT NULL AND t.day IS NOT NULL
        AND t.record_id NOT IN (SELECT track_id FROM use_tracks WHERE track_id IS NOT NULL)
),
placed AS (
    SELECT
        a.*, c.first_day AS log_from, c.last_day AS log_to,
        coalesce(a.day BETWEEN c.first_day AND c.last_day, false) AS within_log,
        EXISTS (
            SELECT 1 FROM logged AS n
            WHERE n.vehicle = a.vehicle AND n.day IN (a.day - 1, a.day + 1)
        ) AS neighbour
    FROM alone AS a
    LEFT JOIN covered AS c ON c.vehicle = a.vehicle
)
SELECT
    vehicle, year(day) AS year, within_log, any_value(log_from) AS log_from, any_value(log_to) AS log_to,
    count(*) AS tracks, count(DISTINCT day) AS days, count(DISTINCT day) FILTER (neighbour) AS next_to_entry,
    list_sort(list(DISTINCT CAST(day AS VARCHAR))) AS day_list, list_sort(list(record_id)) AS evidence
FROM placed
GROUP BY vehicle, year(day), within_log
