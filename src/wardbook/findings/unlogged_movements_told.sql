-- Movements that no log entry is linked to, by vehicle and month, within the period that its log covers and outside.
WITH covered AS (
  SELECT w_key(vehicle) AS vehicle_key, min(day) AS log_from, max(day) AS log_to
  FROM log_entries
  WHERE day IS NOT NULL
  GROUP BY 1
),
passed AS (
  SELECT a.leg_id, string_agg(n.kind || coalesce(' ' || n.at_place, '') || ' ' || w_clock(to_timestamp(n.lo)), ', ' ORDER BY n.lo, n.anchor_id) AS words,
         list(n.source_ids) AS sources
  FROM anchor_legs a
  JOIN anchors n ON n.anchor_id = a.anchor_id
  WHERE a.relation IN ('inside', 'perhaps inside')
  GROUP BY a.leg_id
),
moves AS (
  SELECT l.*, w_day(l.start_at) AS day, u.reason, u.near_entry_id, p.words AS passed, p.sources AS passed_sources,
         c.log_from, c.log_to, coalesce(w_day(l.start_at) BETWEEN c.log_from AND c.log_to, FALSE) AS within_log
  FROM unlogged_movements u
  JOIN traced_legs l ON l.leg_id = u.leg_id
  LEFT JOIN covered c ON c.vehicle_key = l.vehicle_key
  LEFT JOIN passed p ON p.leg_id = l.leg_id
)
SELECT min(coalesce(vehicle, vehicle_key)) AS vehicle, strftime(day, '%Y-%m') AS month, within_log, min(log_from) AS log_from,
       max(log_to) AS log_to, count(*) AS movements, count(*) FILTER (kind <> 'leg') AS unobserved,
       count(DISTINCT day) AS days, CAST(sum(metres) AS BIGINT) AS metres, min(profile) AS profile,
       list(w_moment(start_at) || ' to ' || w_clock(end_at) || ', ' || CAST((metres + 500) // 1000 AS BIGINT) || ' km'
            || CASE WHEN from_place IS NULL AND to_place IS NULL THEN ''
                    ELSE ', ' || coalesce(from_place, 'no known place') || ' to ' || coalesce(to_place, 'no known place') END
            || CASE WHEN kind = 'leg' THEN '' ELSE ', in a silence of the tracker' END
            || CASE WHEN passed IS NULL THEN '' ELSE ', ' || passed END
            ORDER BY start_at, leg_id) AS told,
       list_sort(list_distinct([i FOR i IN list_concat(flatten(list(sources)), list(near_entry_id),
                                                       flatten(flatten(list(coalesce(passed_sources, []))))) IF i IS NOT NULL])) AS evidence
FROM moves
GROUP BY vehicle_key, strftime(day, '%Y-%m'), within_log
