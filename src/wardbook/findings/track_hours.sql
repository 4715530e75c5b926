-- Vehicles and days whose tracks together are longer than all hours logged for that day allow at the top speed of the
-- kind of vehicle. Days on which a use has no hours, and vehicles of no known kind, are not judged.
WITH known AS (
  SELECT upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')) AS vehicle_key, lower(trim(kind)) AS kind, top_kmh FROM vehicles
),
speeds AS (
  SELECT vehicle_key, min(kind) AS kind, max(top_kmh) AS own_kmh,
         coalesce(max(top_kmh), CASE min(kind) {speeds} END) AS top_kmh
  FROM known
  GROUP BY vehicle_key
  HAVING count(DISTINCT kind) <= 1
),
days AS (
  SELECT upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')) AS vehicle_key, date, min(vehicle) AS vehicle,
         sum(hours) AS hours, count(*) AS uses, count(hours) AS timed,
         list_sort(list(use_id)) AS use_ids, list_sort(list_distinct(flatten(list(sources)))) AS sources
  FROM uses
  WHERE date IS NOT NULL
  GROUP BY 1, 2
),
flown AS (
  -- A track that is given twice, for two entries of the day, counts once.
  SELECT vehicle_key, day, CAST(sum(metres) AS BIGINT) AS metres, CAST(sum(fixes) AS BIGINT) AS fixes,
         list_sort(flatten(list(track_ids))) AS track_ids, count(*) AS tracks
  FROM (SELECT upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')) AS vehicle_key, day, metres, fixes, list(track_id) AS track_ids
        FROM track_paths
        WHERE day IS NOT NULL AND metres IS NOT NULL
        GROUP BY vehicle_key, day, metres, fixes, from_lat_e6, from_lon_e6, to_lat_e6, to_lon_e6)
  GROUP BY vehicle_key, day
)
SELECT d.vehicle, d.date, s.kind, s.own_kmh, s.top_kmh, d.hours, d.uses, f.metres, f.fixes, f.tracks, f.track_ids, d.use_ids, d.sources
FROM days d
JOIN flown f ON f.vehicle_key = d.vehicle_key AND f.day = d.date
JOIN speeds s ON s.vehicle_key = d.vehicle_key
WHERE d.timed = d.uses AND s.top_kmh IS NOT NULL
  AND f.metres > CAST((d.hours + {slack} * d.uses) * s.top_kmh * 1000 AS BIGINT)
ORDER BY d.date, d.vehicle
