-- The anchors without a movement: how long after the last one ended, how long before the next begins. The vehicle
-- stood only where the device reported throughout, as far around it as its kind allows, and no movement touches that.
WITH alone AS (
  SELECT k.anchor_id, k.kind, k.vehicle_key, k.lo, k.hi, v.vehicle_key IS NOT NULL AS recorded
  FROM anchors_known k
  LEFT JOIN (SELECT DISTINCT anchor_id FROM anchor_legs) g ON g.anchor_id = k.anchor_id
  LEFT JOIN (SELECT DISTINCT vehicle_key FROM movements) v ON v.vehicle_key = k.vehicle_key
  WHERE g.anchor_id IS NULL
),
along AS (
  SELECT m.vehicle_key, m.end_hi AS ended, CAST(NULL AS BIGINT) AS began, m.end_hi AS moment, CAST(NULL AS VARCHAR) AS anchor_id
  FROM movements m JOIN (SELECT DISTINCT vehicle_key FROM alone) a ON a.vehicle_key = m.vehicle_key
  UNION ALL
  SELECT m.vehicle_key, NULL, m.start_lo, m.start_lo, NULL
  FROM movements m JOIN (SELECT DISTINCT vehicle_key FROM alone) a ON a.vehicle_key = m.vehicle_key
  UNION ALL
  SELECT vehicle_key, NULL, NULL, lo, anchor_id FROM alone WHERE vehicle_key IS NOT NULL
),
found AS (
  SELECT anchor_id,
         max(ended) OVER (PARTITION BY vehicle_key ORDER BY moment RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS ended,
         min(began) OVER (PARTITION BY vehicle_key ORDER BY moment RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS began
  FROM along
)
SELECT a.anchor_id, a.kind, a.vehicle_key,
       CASE WHEN w.anchor_id IS NOT NULL THEN 'stood' ELSE 'open' END AS verdict,
       a.lo - f.ended AS seconds_since, f.began - a.lo AS seconds_until,
       CASE WHEN a.vehicle_key IS NULL THEN 'nothing says of which vehicle it is'
            WHEN NOT a.recorded THEN 'no device recorded this vehicle'
            WHEN a.lo IS NULL OR a.hi IS NULL THEN 'its time is not known'
            WHEN w.anchor_id IS NOT NULL THEN 'the device reported throughout, and the vehicle did not move'
            ELSE 'no movement is recorded, but the device did not report throughout' END AS reason
FROM alone a
LEFT JOIN found f ON f.anchor_id = a.anchor_id
LEFT JOIN (SELECT DISTINCT anchor_id FROM anchors_covered) w ON w.anchor_id = a.anchor_id
