-- Movements that no entry logs: a use starts away from where the vehicle's use before it ended. A day whose
-- uses have no times has no order: a use of it may follow any other of that day or any of the day before, and
-- the first of them must follow one of the day before. Nothing is said where a place is not known. A use that
-- another source may give another day is left out: its place in the order is in doubt.
WITH doubted AS (
    SELECT list_extract([c.left_id, c.right_id], side.n) AS record_id
    FROM entry_comparisons AS c
    JOIN log_entries AS l ON l.record_id = c.left_id
    JOIN log_entries AS r ON r.record_id = c.right_id
    CROSS JOIN (VALUES (1), (2)) AS side (n)
    WHERE c.verdict = 'unsure' AND l.day <> r.day
),
ended AS (
    SELECT
        u.use_id, u.vehicle, u.date, u.start_at, u.sources,
        arg_min({'place': l.from_place, 'lat': l.from_lat_e6, 'lon': l.from_lon_e6}, l.position) AS origin,
        arg_max({'place': l.to_place, 'lat': l.to_lat_e6, 'lon': l.to_lon_e6}, l.position) AS terminus
    FROM uses AS u
    LEFT JOIN legs AS l ON l.use_id = u.use_id AND l.track_id IS NULL
    WHERE u.vehicle IS NOT NULL AND u.date IS NOT NULL
        AND NOT list_has_any(u.sources, (SELECT coalesce(list(record_id), []) FROM doubted))
    GROUP BY ALL
),
slotted AS (
    SELECT
        *,
        CASE WHEN bool_and(start_at IS NOT NULL) OVER (PARTITION BY vehicle, date) THEN start_at END AS slot
    FROM ended
),
slots AS (
    SELECT
        vehicle, date, slot,
        bool_and(coalesce(
            origin.lat IS NOT NULL AND origin.lon IS NOT NULL
            AND terminus.lat IS NOT NULL AND terminus.lon IS NOT NULL, false
        )) AS known
    FROM slotted
    GROUP BY vehicle, date, slot
),
followed AS (
    SELECT
        vehicle, date, slot, known,
        lag(date) OVER line AS date_before, lag(slot) OVER line AS slot_before, lag(known) OVER line AS known_before
    FROM slots
    WINDOW line AS (PARTITION BY vehicle ORDER BY date, slot NULLS FIRST)
),
ends AS (
    -- The places where the uses of a slot ended, each once, with the first two uses that ended there.
    SELECT
        vehicle, date, slot, terminus,
        list_sort(min(use_id, 2)) AS first_ids
    FROM slotted
    GROUP BY vehicle, date, slot, terminus
),
may_follow AS (
    SELECT vehicle, date, slot, date AS end_date, slot AS end_slot, true AS same_slot
    FROM followed
    WHERE known AND known_before
    UNION ALL
    SELECT vehicle, date, slot, date_before, slot_before, false
    FROM followed
    WHERE known AND known_before
),
pairs AS (
    SELECT
        f.vehicle, f.date, f.slot, b.use_id AS after_id, a.date AS date_before,
        CASE WHEN a.first_ids[1] <> b.use_id THEN a.first_ids[1] ELSE a.first_ids[2] END AS before_id,
        a.terminus.place AS ended_at, b.origin.place AS started_at,
        b.sources AS after_sources, f.same_slot,
        w_metres(a.terminus.lat, a.terminus.lon, b.origin.lat, b.origin.lon) AS metres
    FROM may_follow AS f
    JOIN slotted AS b
        ON b.vehicle = f.vehicle AND b.date = f.date AND b.slot IS NOT DISTINCT FROM f.slot
    JOIN ends AS a
        ON a.vehicle = f.vehicle AND a.date = f.end_date AND a.slot IS NOT DISTINCT FROM f.end_slot
    WHERE NOT (len(a.first_ids) = 1 AND a.first_ids[1] = b.use_id)
),
by_use AS (
    SELECT *
    FROM pairs
    QUALIFY row_number() OVER (PARTITION BY after_id ORDER BY metres, before_id) = 1
),
by_slot AS (
    SELECT *
    FROM pairs
    WHERE NOT same_slot
    QUALIFY row_number() OVER (PARTITION BY vehicle, date, slot ORDER BY metres, before_id, after_id) = 1
),
found AS (
    SELECT * FROM by_use WHERE metres > {reach}
    UNION ALL
    SELECT s.*
    FROM by_slot AS s
    ANTI JOIN (SELECT vehicle, date, slot FROM by_use WHERE metres > {reach}) AS u
        ON u.vehicle = s.vehicle AND u.date = s.date AND u.slot IS NOT DISTINCT FROM s.slot
    WHERE s.metres > {reach}
)
SELECT
    vehicle, year(date) AS year, count(*) AS movements, CAST(sum(metres) AS BIGINT) AS metres,
    list_sort(list({
        'date_before': date_before, 'ended_at': ended_at, 'date': date, 'started_at': started_at,
        'metres': metres, 'after_id': after_id
    })) AS movement_list,
    list_sort(list_distinct(list_concat(list(before_id), list(after_id)))) AS use_ids,
    list_sort(list_distinct(flatten(list_concat(list(b.sources), list(after_sources))))) AS evidence
FROM found
JOIN (SELECT use_id, sources FROM uses) AS b ON b.use_id = before_id
GROUP BY vehicle, year(date)
