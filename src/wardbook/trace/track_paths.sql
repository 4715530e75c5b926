-- One row a track: its ends, its number of fixes and its length, each hop rounded to whole metres.
-- A track without fixes in the book keeps the number its source gives and has no ends.
WITH hops AS (
  SELECT track_id, position, lat_e6, lon_e6,
         w_metres(lag(lat_e6) OVER along, lag(lon_e6) OVER along, lat_e6, lon_e6) AS hop_m
  FROM fixes
  WHERE lat_e6 IS NOT NULL AND lon_e6 IS NOT NULL
  WINDOW along AS (PARTITION BY track_id ORDER BY position, record_id)
),
paths AS (
  SELECT track_id,
         CAST(count(*) AS BIGINT) AS fixes,
         arg_min(lat_e6, position) AS from_lat_e6,
         arg_min(lon_e6, position) AS from_lon_e6,
         arg_max(lat_e6, position) AS to_lat_e6,
         arg_max(lon_e6, position) AS to_lon_e6,
         CAST(coalesce(sum(hop_m), 0) AS BIGINT) AS metres
  FROM hops
  GROUP BY track_id
)
SELECT t.record_id AS track_id, t.day, t.vehicle, t.source_key,
       coalesce(p.fixes, t.fixes) AS fixes,
       p.from_lat_e6, p.from_lon_e6, p.to_lat_e6, p.to_lon_e6, p.metres
FROM tracks t
LEFT JOIN paths p ON p.track_id = t.record_id
