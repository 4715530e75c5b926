-- Legs of uses between neighboring stops, and one leg for each track no log entry explains.
WITH hops AS (
  SELECT use_id, position, place_key AS from_place, lat_e6 AS from_lat_e6, lon_e6 AS from_lon_e6,
         lead(place_key) OVER along AS to_place, lead(lat_e6) OVER along AS to_lat_e6,
         lead(lon_e6) OVER along AS to_lon_e6
  FROM use_stops
  WINDOW along AS (PARTITION BY use_id ORDER BY position)
)
SELECT use_id || '/' || position AS leg_id, use_id, CAST(NULL AS VARCHAR) AS track_id, position,
       from_place, to_place, from_lat_e6, from_lon_e6, to_lat_e6, to_lon_e6,
       w_metres(from_lat_e6, from_lon_e6, to_lat_e6, to_lon_e6) AS metres
FROM hops
WHERE to_place IS NOT NULL
UNION ALL
SELECT t.track_id || '/1', NULL, t.track_id, 1, NULL, NULL,
       t.from_lat_e6, t.from_lon_e6, t.to_lat_e6, t.to_lon_e6, t.metres
FROM track_paths t
ANTI JOIN use_tracks u ON u.track_id = t.track_id
