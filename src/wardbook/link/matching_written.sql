-- The log entries as they are matched: times in seconds, the bounds of the day, places of the route's ends.
-- An end before its start is of the next local day. A time that the clock shows twice (when it is put back) has
-- another reading; where only one of two times has, that one is not read, for nothing says which hour is meant.
WITH timed AS (
  SELECT record_id, vehicle, day, distance_m, start_at,
         CASE WHEN end_at < start_at
              THEN timezone({zone}, timezone({zone}, end_at) + INTERVAL 1 DAY) ELSE end_at END AS end_at
  FROM log_entries
),
read AS (
  SELECT *,
         CASE WHEN timezone({zone}, start_at + INTERVAL 1 HOUR) = timezone({zone}, start_at) THEN 3600
              WHEN timezone({zone}, start_at - INTERVAL 1 HOUR) = timezone({zone}, start_at) THEN -3600 END AS start_other,
         CASE WHEN timezone({zone}, end_at + INTERVAL 1 HOUR) = timezone({zone}, end_at) THEN 3600
              WHEN timezone({zone}, end_at - INTERVAL 1 HOUR) = timezone({zone}, end_at) THEN -3600 END AS end_other
  FROM timed
),
ends AS (SELECT entry_id, min(position) AS first_at, max(position) AS last_at FROM stops GROUP BY entry_id),
placed AS (
  SELECT e.entry_id, f.place_key AS from_place, t.place_key AS to_place,
         a.lat_e6 AS from_lat_e6, a.lon_e6 AS from_lon_e6, b.lat_e6 AS to_lat_e6, b.lon_e6 AS to_lon_e6
  FROM ends e
  JOIN stops f ON f.entry_id = e.entry_id AND f.position = e.first_at
  JOIN stops t ON t.entry_id = e.entry_id AND t.position = e.last_at
  LEFT JOIN resolved_places a ON a.place_key = f.place_key AND a.qualifier IS NOT DISTINCT FROM f.qualifier
  LEFT JOIN resolved_places b ON b.place_key = t.place_key AND b.qualifier IS NOT DISTINCT FROM t.qualifier
  QUALIFY row_number() OVER (PARTITION BY e.entry_id ORDER BY f.record_id, t.record_id) = 1
)
SELECT r.record_id AS entry_id, nullif(upper(regexp_replace(r.vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS vehicle_key,
       CASE WHEN r.start_other IS NULL OR r.end_at IS NULL OR r.end_other IS NOT NULL
            THEN CAST(epoch_ms(r.start_at) // 1000 AS BIGINT) END AS start_s,
       CASE WHEN r.end_other IS NULL OR r.start_at IS NULL OR r.start_other IS NOT NULL
            THEN CAST(epoch_ms(r.end_at) // 1000 AS BIGINT) END AS end_s,
       CAST(epoch_ms(timezone({zone}, CAST(r.day AS TIMESTAMP))) // 1000 AS BIGINT) AS day_lo,
       CAST(epoch_ms(timezone({zone}, CAST(r.day AS TIMESTAMP) + INTERVAL 1 DAY)) // 1000 AS BIGINT) - 1 AS day_hi,
       CASE WHEN r.start_at IS NULL THEN CAST(r.end_other AS BIGINT)
            WHEN r.end_at IS NULL OR r.end_other IS NOT NULL THEN CAST(r.start_other AS BIGINT) END AS shift_s,
       r.distance_m AS metres, p.from_place, p.to_place, p.from_lat_e6, p.from_lon_e6, p.to_lat_e6, p.to_lon_e6,
       [r.record_id] AS source_ids
FROM read r
LEFT JOIN placed p ON p.entry_id = r.record_id
