-- Log entries and the movements linked to them that disagree: in time, place, distance or odometer; one row an entry.
WITH linked AS (
  SELECT k.entry_id, min(k.found_by) AS found_by, max(k.start_apart_s) AS start_apart_s, max(k.end_apart_s) AS end_apart_s,
         min(k.places) AS places, min(k.distances) AS distances, min(k.metres_apart) AS metres_apart, min(k.score) AS score,
         count(*) AS movements, CAST(sum(l.metres) AS BIGINT) AS metres, bool_or(l.kind <> 'leg') AS unobserved,
         CAST(sum(l.odometer_m) AS BIGINT) AS odometer_m, count(l.odometer_m) AS odometers,
         string_agg(l.differences, '; ' ORDER BY l.start_at) AS differences,
         min(coalesce(l.vehicle, l.vehicle_key)) AS vehicle, min(l.vehicle_key) AS vehicle_key, min(w_day(l.start_at)) AS day,
         min(l.start_at) AS start_at, max(l.end_at) AS end_at, list_sort(list_distinct(flatten(list(l.sources)))) AS sources,
         arg_min(l.from_place, l.start_at) AS from_place, arg_max(l.to_place, l.end_at) AS to_place
  FROM entry_legs k
  JOIN traced_legs l ON l.leg_id = k.leg_id
  GROUP BY k.entry_id
),
read AS (
  SELECT k.*, e.distance_m, e.end_odometer_m - e.start_odometer_m AS logged_odometer_m, e.route_text, r.use_id
  FROM linked k
  JOIN log_entries e ON e.record_id = k.entry_id
  LEFT JOIN use_records r ON r.record_id = k.entry_id
),
told AS (
  SELECT *,
         [w FOR w IN [
           CASE WHEN found_by <> 'judged' AND start_apart_s > {seconds} THEN 'start written ' || CAST(start_apart_s // 60 AS BIGINT) || ' min off' END,
           CASE WHEN found_by <> 'judged' AND end_apart_s > {seconds} THEN 'end written ' || CAST(end_apart_s // 60 AS BIGINT) || ' min off' END,
           CASE WHEN places = 'contradict' THEN 'route written ' || coalesce('"' || trim(route_text) || '"', 'otherwise') || ', recorded '
                     || coalesce(from_place, 'no known place') || ' to ' || coalesce(to_place, 'no known place') END,
           CASE WHEN distances = 'contradict' AND NOT unobserved THEN 'distance written ' || distance_m || ' m, recorded ' || metres || ' m' END,
           CASE WHEN NOT unobserved AND abs(logged_odometer_m - metres) > greatest({odometer_m}, metres // 10)
                THEN 'odometer written ' || logged_odometer_m || ' m, path ' || metres || ' m'
                     || CASE WHEN odometers = movements THEN ', the device''s own odometer ' || odometer_m || ' m' ELSE '' END END
         ] IF w IS NOT NULL] AS words
  FROM read
)
SELECT min(vehicle) AS vehicle, strftime(day, '%Y-%m') AS month, count(*) AS entries,
       list(w_moment(start_at) || ' to ' || w_clock(end_at) || ': ' || array_to_string(words, '; ') ORDER BY start_at, entry_id) AS told,
       list_sort(list_distinct(list_concat(list(entry_id), flatten(list(sources))))) AS evidence,
       list_sort(list(DISTINCT use_id) FILTER (use_id IS NOT NULL)) AS use_ids
FROM told
WHERE len(words) > 0
GROUP BY vehicle_key, strftime(day, '%Y-%m')
