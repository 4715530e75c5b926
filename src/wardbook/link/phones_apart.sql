-- The phone of a person whom the log has aboard, while the vehicle's device was elsewhere: every position within the inner
-- bounds of the movement lies farther than {metres} m from the vehicle's fix before it (at most {beside_s} s older).
WITH phones AS (
  SELECT f.at, f.lat_e6, f.lon_e6, t.record_id AS track_id, coalesce(p.person_key, lower(trim(a.person))) AS person_key
  FROM assignments a
  JOIN tracks t ON w_key(t.vehicle) = w_key(a.device)
   AND (a.valid_from IS NULL OR a.valid_from <= t.day) AND (a.valid_to IS NULL OR a.valid_to >= t.day)
  JOIN fixes f ON f.track_id = t.record_id
  LEFT JOIN name_keys k ON k.written = a.person
  LEFT JOIN persons p ON p.name_key = k.name_key
  WHERE a.person IS NOT NULL AND f.at IS NOT NULL AND f.lat_e6 IS NOT NULL
),
during AS (
  SELECT h.at, h.lat_e6, h.lon_e6, h.track_id, h.person_key, l.leg_id, l.vehicle_key
  FROM leg_people q
  JOIN traced_legs l ON l.leg_id = q.leg_id AND l.kind = 'leg'
  JOIN phones h ON h.person_key = q.person_key AND h.at BETWEEN l.start_hi AND l.end_lo
),
cars AS (
  SELECT f.at AS car_at, f.lat_e6 AS car_lat_e6, f.lon_e6 AS car_lon_e6, v.vehicle_key AS car_key, f.record_id AS car_id
  FROM fixes f
  JOIN track_vehicles v ON v.track_id = f.track_id
  LEFT JOIN (SELECT record_id FROM dropped_fixes WHERE NOT used) d ON d.record_id = f.record_id
  WHERE f.at IS NOT NULL AND f.lat_e6 IS NOT NULL AND d.record_id IS NULL
),
beside AS (
  SELECT d.person_key, d.leg_id, d.track_id, c.car_id, w_metres(d.lat_e6, d.lon_e6, c.car_lat_e6, c.car_lon_e6) AS metres
  FROM during d
  ASOF JOIN cars c ON c.car_key = d.vehicle_key AND c.car_at <= d.at
  WHERE w_seconds(d.at) - w_seconds(c.car_at) <= {beside_s}
),
apart AS (
  SELECT person_key, leg_id, min(metres) AS metres, count(*) AS positions,
         list_sort(list_distinct(list_concat(list(track_id), list(car_id)))) AS ids
  FROM beside
  GROUP BY person_key, leg_id
  HAVING min(metres) > {metres}
)
SELECT a.person_key, a.leg_id, l.vehicle, l.start_at, l.end_at, a.positions, a.metres,
       list_sort(list_distinct(list_concat(a.ids, list(e.entry_id)))) AS sources,
       list_sort(list(DISTINCT r.use_id) FILTER (r.use_id IS NOT NULL)) AS use_ids
FROM apart a
JOIN traced_legs l ON l.leg_id = a.leg_id
JOIN entry_legs e ON e.leg_id = a.leg_id
LEFT JOIN use_records r ON r.record_id = e.entry_id
GROUP BY a.person_key, a.leg_id, l.vehicle, l.start_at, l.end_at, a.positions, a.metres, a.ids
