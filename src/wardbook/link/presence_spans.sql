-- Where a log has each person: aboard a vehicle, from when to when surely. A recorded movement counts by its inner bounds;
-- of a use that no movement is linked to the written times are taken, and said to be such.
WITH moved AS (
  SELECT r.use_id, m.leg_id, m.vehicle_key, m.start_hi AS lo, m.end_lo AS hi
  FROM entry_legs e
  JOIN use_records r ON r.record_id = e.entry_id
  JOIN movements m ON m.leg_id = e.leg_id
),
spans AS (
  SELECT DISTINCT use_id, vehicle_key, lo, hi, TRUE AS recorded FROM moved
  UNION
  SELECT u.use_id, w_key(u.vehicle), w_seconds(u.start_at), w_seconds(u.end_at), FALSE
  FROM uses u
  WHERE u.end_at > u.start_at AND u.use_id NOT IN (SELECT use_id FROM moved)
)
SELECT s.use_id, s.vehicle_key, s.lo, s.hi, s.recorded, a.person_key
FROM spans s
JOIN (SELECT DISTINCT use_id, person_key FROM aboard WHERE person_key IS NOT NULL) a ON a.use_id = s.use_id
WHERE s.vehicle_key IS NOT NULL AND s.hi > s.lo
