-- The positions along the movements $1 (a list of their ids) from their start to their end, at most about $2 of each, the first
-- and the last among them. Fixes that tracing took out are not part of a path.
WITH wanted AS (
  SELECT leg_id, vehicle_key, start_at, end_at FROM traced_legs WHERE leg_id IN (SELECT unnest(CAST($1 AS VARCHAR[]))) AND kind = 'leg'
),
near AS (
  SELECT f.record_id, f.track_id, f.vehicle, f.at, f.lat_e6, f.lon_e6
  FROM fixes f
  WHERE f.at BETWEEN (SELECT min(start_at) FROM wanted) AND (SELECT max(end_at) FROM wanted)
    AND f.lat_e6 IS NOT NULL AND f.lon_e6 IS NOT NULL AND f.valid IS NOT FALSE
),
keyed AS (
  SELECT n.*, coalesce(t.vehicle_key, nullif(upper(regexp_replace(n.vehicle, '[^A-Za-z0-9]', '', 'g')), ''), 'FIX ' || n.record_id) AS vehicle_key
  FROM near n
  LEFT JOIN track_vehicles t ON t.track_id = n.track_id
  ANTI JOIN (SELECT record_id FROM dropped_fixes WHERE NOT used) d ON d.record_id = n.record_id
),
numbered AS (
  SELECT w.leg_id, epoch_us(k.at) // 1000000 AS at_s, k.lat_e6, k.lon_e6,
         row_number() OVER (PARTITION BY w.leg_id ORDER BY k.at, k.record_id) AS number, count(*) OVER (PARTITION BY w.leg_id) AS total
  FROM keyed k
  JOIN wanted w ON w.vehicle_key = k.vehicle_key AND k.at BETWEEN w.start_at AND w.end_at
)
SELECT leg_id, at_s, lat_e6, lon_e6
FROM numbered
WHERE (number - 1) % greatest((total + $2 - 1) // $2, 1) = 0 OR number = total
ORDER BY leg_id, number
