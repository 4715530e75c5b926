-- The tracks of each use: one vehicle and day. Where a track claims the number of a log entry of that
-- vehicle and day, it belongs to that entry's use alone.
WITH entries AS (
  SELECT r.use_id, k.vehicle_key, k.day, k.source_key
  FROM use_records r
  JOIN entry_keys k USING (record_id)
  WHERE k.vehicle_key IS NOT NULL AND k.day IS NOT NULL
),
paired AS (
  SELECT DISTINCT e.use_id, t.record_id AS track_id,
         coalesce(bool_or(e.source_key = t.source_key) OVER (PARTITION BY t.record_id), false) AS claimed,
         coalesce(e.source_key = t.source_key, false) AS named
  FROM tracks t
  JOIN entries e ON e.day = t.day
   AND e.vehicle_key = upper(regexp_replace(t.vehicle, '[^A-Za-z0-9]', '', 'g'))
)
SELECT DISTINCT use_id, track_id FROM paired WHERE named OR NOT claimed
