-- The events of any vehicle or of $1 from second $2 up to $3, and what was in force for a movement of $1 in that time.
WITH moved AS (
  SELECT DISTINCT k.interval_id
  FROM leg_intervals k
  JOIN traced_legs l ON l.leg_id = k.leg_id
  WHERE l.vehicle_key = $1 AND epoch_us(l.start_lo) // 1000000 < $3 AND epoch_us(l.end_hi) // 1000000 >= $2
)
SELECT i.interval_id AS row_id, i.kind, i.lo, i.hi, i.at_lat_e6 AS lat_e6, i.at_lon_e6 AS lon_e6, i.source_ids AS sources, n.reason AS unlinked,
       e.title, coalesce(e.place, i.at_place) AS place, e.organizer, a.scope, a.authorized_by,
       coalesce(a.person, s.person, d.person) AS person, s.assessor, s.level
FROM intervals i
LEFT JOIN moved m ON m.interval_id = i.interval_id
LEFT JOIN intervals_without_movement n ON n.interval_id = i.interval_id
LEFT JOIN events e ON i.kind = 'event' AND e.record_id = i.source_ids[1]
LEFT JOIN authorizations a ON i.kind = 'authorization' AND a.record_id = i.source_ids[1]
LEFT JOIN assessments s ON i.kind = 'assessment' AND s.record_id = i.source_ids[1]
LEFT JOIN declined d ON i.kind = 'declined' AND d.record_id = i.source_ids[1]
WHERE CASE WHEN i.kind = 'event' THEN (i.vehicle_key IS NULL OR i.vehicle_key = $1) AND coalesce(i.lo, i.hi) < $3 AND coalesce(i.hi, i.lo) >= $2
           ELSE m.interval_id IS NOT NULL END
ORDER BY i.lo NULLS FIRST, i.interval_id
