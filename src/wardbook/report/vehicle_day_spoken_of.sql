-- The vehicles and local days (zone $1) that findings speak of, most telling first: 0 an end of a movement, a toll or fuel is
-- evidence; 1 a log entry is; 2 a use of the day is named; 3 only a whole track is evidence.
WITH ends AS (
  SELECT l.vehicle_key, l.start_at, unnest(l.sources) AS record_id FROM traced_legs l
),
marks AS (
  SELECT coalesce(a.vehicle_key, n.vehicle_key, l.vehicle_key) AS vehicle_key, coalesce(a.lo, a.hi) AS at_s, unnest(a.source_ids) AS record_id
  FROM anchors a
  LEFT JOIN anchors_without_movement n ON n.anchor_id = a.anchor_id
  LEFT JOIN (SELECT anchor_id, min(leg_id) AS leg_id FROM anchor_legs GROUP BY anchor_id) k ON k.anchor_id = a.anchor_id
  LEFT JOIN traced_legs l ON l.leg_id = k.leg_id
),
spoken AS (
  SELECT e.vehicle_key, CAST(timezone($1, e.start_at) AS DATE) AS day, CASE WHEN t.record_id IS NULL THEN 0 ELSE 3 END AS rank
  FROM ends e
  SEMI JOIN report_evidence r ON r.record_id = e.record_id
  LEFT JOIN tracks t ON t.record_id = e.record_id
  UNION ALL
  SELECT m.vehicle_key, CAST(timezone($1, to_timestamp(m.at_s)) AS DATE), 0
  FROM marks m
  SEMI JOIN report_evidence r ON r.record_id = m.record_id
  UNION ALL
  SELECT w.vehicle_key, e.day, 1
  FROM log_entries e
  SEMI JOIN report_evidence r ON r.record_id = e.record_id
  JOIN written w ON w.entry_id = e.record_id
  UNION ALL
  SELECT nullif(upper(regexp_replace(u.vehicle, '[^A-Za-z0-9]', '', 'g')), ''), u.date, 2
  FROM uses u
  SEMI JOIN report_named n ON n.use_id = u.use_id
)
SELECT vehicle_key, day, min(rank) AS rank
FROM spoken
WHERE vehicle_key IS NOT NULL AND day IS NOT NULL
GROUP BY vehicle_key, day
ORDER BY rank, vehicle_key, day
