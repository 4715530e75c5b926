-- Positions of a person's own phone while the log has the person aboard a vehicle whose device was elsewhere: farther than
-- {metres} m from the vehicle's fix nearest in time (at most {beside_s} s off), within the inner bounds of the movement.
WITH phones AS (
  SELECT f.at, f.lat_e6, f.lon_e6, f.record_id, t.record_id AS track_id, coalesce(p.person_key, lower(trim(a.person))) AS person_key
  FROM assignments a
  JOIN tracks t ON w_key(t.vehicle) = w_key(a.device)
   AND (a.valid_from IS NULL OR a.valid_from <= t.day) AND (a.valid_to IS NULL OR a.valid_to >= t.day)
  JOIN fixes f ON f.track_id = t.record_id
  LEFT JOIN name_keys k ON k.written = a.person
  LEFT JOIN persons p ON p.name_key = k.name_key
  WHERE a.person IS NOT NULL AND f.at IS NOT NULL AND f.lat_e6 IS NOT NULL
),
during AS (
  SELECT h.*, l.leg_id, l.vehicle, l.vehicle_key, l.start_at, l.end_at
  FROM leg_people q
  JOIN traced_legs l ON l.leg_id = q.leg_id AND l.kind = 'leg'
  JOIN phones h ON h.person_key = q.person_key AND h.at BETWEEN l.start_hi AND l.end_lo
),
cars AS (
  SELECT f.at, f.lat_e6, f.lon_e6, v.vehicle_key, f.record_id
  FROM fixes f
  JOIN track_vehicles v ON v.track_id = f.track_id
  ANTI JOIN (SELECT record_id FROM dropped_fixes WHERE NOT used) d ON d.record_id = f.record_id
  WHERE f.at IS NOT NULL AND f.lat_e6 IS NOT NULL
),
beside AS (
  SELECT d.*, c.record_id AS car_id, w_metres(d.lat_e6, d.lon_e6, c.lat_e6, c.lon_e6) AS metres
  FROM during d
  ASOF JOIN cars c ON c.vehicle_key = d.vehicle_key AND c.at <= d.at
  WHERE epoch_ms(d.at) - epoch_ms(c.at) <= {beside_s} * 1000
),
legs AS (
  SELECT person_key, leg_id, min(vehicle) AS vehicle, min(start_at) AS start_at, min(end_at) AS end_at, min(metres) AS metres, count(*) AS positions,
         list_sort(list_distinct(list_concat(list(track_id), list(car_id)))) AS ids
  FROM beside
  GROUP BY person_key, leg_id
  HAVING min(metres) > {metres}
)
SELECT g.person_key AS person, g.leg_id, g.vehicle, w_moment(g.start_at) || ' to ' || w_clock(g.end_at) AS times, g.positions, g.metres,
       list_sort(list_distinct(list_concat(g.ids, list(e.entry_id)))) AS evidence,
       list_sort(list(DISTINCT r.use_id) FILTER (r.use_id IS NOT NULL)) AS use_ids
FROM legs g
JOIN entry_legs e ON e.leg_id = g.leg_id
LEFT JOIN use_records r ON r.record_id = e.entry_id
GROUP BY g.person_key, g.leg_id, g.vehicle, g.start_at, g.end_at, g.positions, g.metres, g.ids
