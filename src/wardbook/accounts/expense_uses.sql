-- The use that explains each expense: the first use of its trip; without a trip, the first use of its
-- vehicle in its days. Where those uses fall under different arrangements or agencies, the lists say so.
WITH decided AS (
    SELECT
        u.use_id, u.date, u.start_at, u.vehicle, trim(u.trip) AS trip,
        coalesce(d.costs, 'undetermined') AS arrangement, coalesce(u.agency, 'not on record') AS agency
    FROM uses AS u
    LEFT JOIN determinations AS d ON d.use_id = u.use_id
),
wanted AS (
    SELECT
        record_id, nullif(trim(trip), '') AS trip, vehicle, day, coalesce(day_to, day) AS day_to
    FROM expenses
),
by_trip AS (
    SELECT
        trip, first(use_id ORDER BY date NULLS LAST, start_at NULLS LAST, use_id) AS use_id, count(*) AS uses,
        list_sort(list_distinct(list(arrangement))) AS arrangements,
        list_sort(list_distinct(list(agency))) AS agencies
    FROM decided
    WHERE trip IN (SELECT trip FROM wanted)
    GROUP BY trip
),
by_vehicle AS (
    SELECT
        w.record_id, first(d.use_id ORDER BY d.date, d.start_at NULLS LAST, d.use_id) AS use_id,
        count(*) AS uses, list_sort(list(DISTINCT d.arrangement)) AS arrangements,
        list_sort(list(DISTINCT d.agency)) AS agencies
    FROM wanted AS w
    JOIN decided AS d ON d.vehicle = w.vehicle AND d.date BETWEEN w.day AND w.day_to
    WHERE w.trip IS NULL
    GROUP BY w.record_id
)
SELECT
    w.record_id, coalesce(t.use_id, v.use_id) AS use_id, coalesce(t.uses, v.uses, 0) AS uses,
    coalesce(t.arrangements, v.arrangements, []) AS arrangements,
    coalesce(t.agencies, v.agencies, []) AS agencies,
    CASE WHEN t.use_id IS NOT NULL THEN 'trip' WHEN v.use_id IS NOT NULL THEN 'vehicle and day' END AS matched_by
FROM wanted AS w
LEFT JOIN by_trip AS t ON t.trip = w.trip
LEFT JOIN by_vehicle AS v ON v.record_id = w.record_id
