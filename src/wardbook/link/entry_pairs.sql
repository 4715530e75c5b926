-- Two log entries of one vehicle and day: from two exhibits, or neighbors among entries of one exhibit that
-- are alike in everything. Each comparison gives one word; points order the pairs, best first.
WITH pairs AS (
  SELECT a.record_id AS left_id, b.record_id AS right_id, false AS one_exhibit
  FROM entry_keys a
  JOIN entry_keys b ON b.vehicle_key = a.vehicle_key AND b.day = a.day
   AND a.exhibit <> b.exhibit AND a.record_id < b.record_id
  UNION ALL
  SELECT least(a.record_id, b.record_id), greatest(a.record_id, b.record_id), true
  FROM entry_keys a
  JOIN entry_keys b ON b.exhibit = a.exhibit AND b.vehicle_key = a.vehicle_key AND b.day = a.day
   AND b.occurrence = a.occurrence + 1
   AND b.route_key IS NOT DISTINCT FROM a.route_key AND b.hours IS NOT DISTINCT FROM a.hours
   AND b.riders_key IS NOT DISTINCT FROM a.riders_key AND b.agency_key IS NOT DISTINCT FROM a.agency_key
   AND b.purpose_key IS NOT DISTINCT FROM a.purpose_key
  WHERE b.occurrence > 1
),
compared AS (
  SELECT p.left_id, p.right_id, p.one_exhibit,
         a.exhibit AS left_exhibit, b.exhibit AS right_exhibit,
         a.route_key AS left_route, b.route_key AS right_route, a.hours AS left_hours, b.hours AS right_hours,
         CASE WHEN a.route_key IS NULL OR b.route_key IS NULL THEN 'unknown'
              WHEN a.route_key = b.route_key THEN 'same'
              WHEN regexp_replace(a.route_key, '[^a-z0-9]', '', 'g') <> ''
               AND regexp_replace(a.route_key, '[^a-z0-9]', '', 'g') = regexp_replace(b.route_key, '[^a-z0-9]', '', 'g')
               THEN 'same'
              WHEN jaro_winkler_similarity(a.route_key, b.route_key) >= 0.95 THEN 'near'
              ELSE 'different' END AS route,
         CASE WHEN a.hours IS NULL OR b.hours IS NULL THEN 'unknown'
              WHEN a.hours = b.hours THEN 'same'
              WHEN abs(a.hours - b.hours) <= 0.1 THEN 'near'
              ELSE 'different' END AS hours,
         CASE WHEN a.riders_key IS NULL OR b.riders_key IS NULL THEN 'unknown'
              WHEN a.riders_key = b.riders_key THEN 'same'
              WHEN list_has_any(a.people, b.people) THEN 'shared'
              WHEN a.people IS NULL OR b.people IS NULL THEN 'unknown'
              ELSE 'different' END AS riders,
         CASE WHEN a.agency_key IS NULL OR b.agency_key IS NULL THEN 'unknown'
              WHEN a.agency_key = b.agency_key THEN 'same' ELSE 'different' END AS agency,
         CASE WHEN a.start_at IS NULL OR b.start_at IS NULL THEN 'unknown'
              WHEN a.start_at = b.start_at THEN 'same'
              WHEN a.end_at IS NULL OR b.end_at IS NULL THEN 'unknown'
              WHEN a.start_at < b.end_at AND b.start_at < a.end_at THEN 'same'
              ELSE 'different' END AS times,
         coalesce(a.source_key = b.source_key, false) AS one_number,
         coalesce(abs(a.hours - b.hours), 0) AS hours_apart,
         abs(a.occurrence - b.occurrence) AS occurrences_apart
  FROM pairs p
  JOIN entry_keys a ON a.record_id = p.left_id
  JOIN entry_keys b ON b.record_id = p.right_id
)
SELECT *,
       CASE route WHEN 'same' THEN 4 WHEN 'near' THEN 3 ELSE 0 END
       + CASE hours WHEN 'same' THEN 2 WHEN 'near' THEN 1 ELSE 0 END
       + CASE riders WHEN 'same' THEN 2 WHEN 'shared' THEN 1 ELSE 0 END
       + CASE times WHEN 'same' THEN 2 ELSE 0 END
       + CASE agency WHEN 'same' THEN 1 ELSE 0 END AS points,
       CASE
         WHEN one_exhibit AND one_number THEN 'same'
         WHEN one_exhibit THEN 'unsure'
         WHEN times = 'different' THEN 'different'
         WHEN route = 'same' AND hours = 'different' AND riders = 'different' THEN 'different'
         WHEN route = 'same' AND (hours = 'different' OR riders = 'different') THEN 'unsure'
         WHEN route = 'same' AND (hours <> 'unknown' OR riders <> 'unknown' OR times = 'same') THEN 'same'
         WHEN route = 'near' AND hours IN ('same', 'near') AND riders IN ('same', 'shared') THEN 'same'
         WHEN route = 'unknown' AND hours IN ('same', 'near') AND riders = 'same' THEN 'same'
         WHEN route = 'unknown' AND hours = 'different' AND riders = 'different' THEN 'different'
         WHEN route IN ('same', 'unknown') THEN 'unsure'
         WHEN route = 'near' AND hours IN ('same', 'near') THEN 'unsure'
         WHEN hours = 'same' AND riders = 'same' THEN 'unsure'
         ELSE 'different'
       END AS verdict
FROM compared
