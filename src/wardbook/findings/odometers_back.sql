-- Readings of one odometer that are lower than the one before, in order of time: at the pump, in the log, by the device.
WITH readings AS (
  SELECT w_key(vehicle) AS vehicle_key, vehicle, 'at the pump' AS source, purchased_at AS moment, odometer_m, record_id
  FROM fuel_purchases WHERE purchased_at IS NOT NULL AND odometer_m > 0
  UNION ALL
  SELECT w_key(vehicle), vehicle, 'in the log', start_at, start_odometer_m, record_id FROM log_entries WHERE start_at IS NOT NULL AND start_odometer_m > 0
  UNION ALL
  SELECT w_key(vehicle), vehicle, 'in the log', end_at, end_odometer_m, record_id FROM log_entries WHERE end_at IS NOT NULL AND end_odometer_m > 0
  UNION ALL
  SELECT t.vehicle_key, t.vehicle, 'by the device', max(f.at), arg_max(f.odometer_m, struct_pack(moment := f.at, id := f.record_id)),
         arg_max(f.record_id, struct_pack(moment := f.at, id := f.record_id))
  FROM fixes f
  JOIN track_vehicles t ON t.track_id = f.track_id
  WHERE f.at IS NOT NULL AND f.odometer_m > 0
  GROUP BY t.vehicle_key, t.vehicle, f.track_id
),
ordered AS (
  SELECT *, lag(odometer_m) OVER w AS before_m, lag(odometer_m, 2) OVER w AS before_that_m, lead(odometer_m) OVER w AS after_m,
         lag(record_id) OVER w AS before_id, lag(moment) OVER w AS before_at
  FROM readings
  WHERE vehicle_key IS NOT NULL
  WINDOW w AS (PARTITION BY vehicle_key, source ORDER BY moment, odometer_m, record_id)
),
fallen AS (
  SELECT *,
         CASE WHEN after_m >= before_m - {slack_m} THEN 'only this reading is out of line'
              WHEN before_that_m <= odometer_m + {slack_m} THEN 'only the reading before is out of line'
              WHEN after_m IS NULL THEN 'no reading follows'
              ELSE 'it stays lower' END AS how
  FROM ordered
  WHERE odometer_m < before_m - {slack_m}
)
SELECT min(vehicle) AS vehicle, source, count(*) AS times, count(*) FILTER (how = 'it stays lower') AS lasting,
       list(w_moment(moment) || ': ' || CAST((odometer_m + 500) // 1000 AS BIGINT) || ' km after ' || CAST((before_m + 500) // 1000 AS BIGINT)
            || ' km on ' || w_moment(before_at) || ', ' || how ORDER BY moment, record_id) AS told,
       list_sort(list_distinct(list_concat(list(record_id), list(before_id)))) AS evidence
FROM fallen
GROUP BY vehicle_key, source
