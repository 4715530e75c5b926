-- Log entries that the device contradicts, by vehicle and month.
WITH entries AS (
  SELECT e.record_id, e.vehicle, w_key(e.vehicle) AS vehicle_key, e.day, n.near_leg_id, r.use_id,
         coalesce(CAST(e.day AS VARCHAR), 'no day') || coalesce(', ' || w_clock(e.start_at), '') || coalesce(' to ' || w_clock(e.end_at), '')
           || coalesce(', ' || trim(e.route_text), '') AS told
  FROM entries_not_driven n
  JOIN log_entries e ON e.record_id = n.entry_id
  LEFT JOIN use_records r ON r.record_id = e.record_id
  WHERE n.verdict = 'contradicted'
)
SELECT min(vehicle) AS vehicle, strftime(day, '%Y-%m') AS month, count(*) AS entries,
       list(told ORDER BY day, told, record_id) AS told,
       list_sort(list(DISTINCT record_id)) AS evidence, list_sort(list(DISTINCT use_id) FILTER (use_id IS NOT NULL)) AS use_ids
FROM entries
GROUP BY vehicle_key, strftime(day, '%Y-%m')
