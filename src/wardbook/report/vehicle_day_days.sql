-- Each vehicle and local day (zone $1) that has a movement, a log entry or an anchor, and how many.
WITH things AS (
  SELECT l.vehicle_key, CAST(timezone($1, l.start_at) AS DATE) AS day, l.kind = 'leg' AS leg, l.kind <> 'leg' AS unobserved,
         u.leg_id IS NOT NULL AS unlogged, FALSE AS entry, FALSE AS contradicted, FALSE AS anchor, coalesce(l.metres, 0) AS metres
  FROM traced_legs l
  LEFT JOIN unlogged_movements u ON u.leg_id = l.leg_id
  UNION ALL
  SELECT w.vehicle_key, e.day, FALSE, FALSE, FALSE, TRUE, coalesce(n.verdict = 'contradicted', FALSE), FALSE, 0
  FROM log_entries e
  JOIN written w ON w.entry_id = e.record_id
  LEFT JOIN entries_not_driven n ON n.entry_id = e.record_id
  UNION ALL
  SELECT coalesce(a.vehicle_key, n.vehicle_key, l.vehicle_key), CAST(timezone($1, to_timestamp(coalesce(a.lo, a.hi))) AS DATE), FALSE, FALSE, FALSE, FALSE, FALSE, TRUE, 0
  FROM anchors a
  LEFT JOIN anchors_without_movement n ON n.anchor_id = a.anchor_id
  LEFT JOIN (SELECT anchor_id, min(leg_id) AS leg_id FROM anchor_legs GROUP BY anchor_id) k ON k.anchor_id = a.anchor_id
  LEFT JOIN traced_legs l ON l.leg_id = k.leg_id
)
SELECT vehicle_key, day, count(*) FILTER (leg) AS legs, count(*) FILTER (unobserved) AS unobserved, count(*) FILTER (unlogged) AS unlogged,
       count(*) FILTER (entry) AS entries, count(*) FILTER (contradicted) AS contradicted, count(*) FILTER (anchor) AS anchors,
       CAST(sum(metres) AS BIGINT) AS metres
FROM things
WHERE vehicle_key IS NOT NULL AND day IS NOT NULL
GROUP BY vehicle_key, day
ORDER BY vehicle_key, day
