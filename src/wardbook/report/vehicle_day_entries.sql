-- The log entries of vehicle $1, or linked to a movement of it, whose times touch the seconds from $2 up to $3, or whose day is $4.
WITH timed AS (
  SELECT e.record_id AS row_id, e.day, e.vehicle, e.route_text, e.stated_purpose, e.riders_text, e.officers_text, e.task,
         e.distance_m AS metres, w.vehicle_key, w.from_place, w.to_place, w.source_ids AS sources,
         coalesce(w.start_s, epoch_us(e.start_at) // 1000000) AS start_s, coalesce(w.end_s, epoch_us(e.end_at) // 1000000) AS end_s
  FROM log_entries e
  JOIN written w ON w.entry_id = e.record_id
),
linked AS (
  SELECT DISTINCT k.entry_id FROM entry_legs k JOIN traced_legs l ON l.leg_id = k.leg_id WHERE l.vehicle_key = $1
)
SELECT t.* EXCLUDE (day, vehicle, vehicle_key), CASE WHEN t.vehicle_key IS DISTINCT FROM $1 THEN t.vehicle END AS vehicle, n.verdict, n.reason AS unlinked
FROM timed t
LEFT JOIN linked k ON k.entry_id = t.row_id
LEFT JOIN entries_not_driven n ON n.entry_id = t.row_id
WHERE (t.vehicle_key = $1 OR k.entry_id IS NOT NULL)
  AND (t.day = CAST($4 AS DATE) OR (coalesce(t.start_s, t.end_s) < $3 AND coalesce(t.end_s, t.start_s) >= $2))
ORDER BY t.start_s NULLS FIRST, t.row_id
