-- The legs as they are written; what ignition and odometer say otherwise is told in ``differences``.
SELECT x.vehicle, t.leg, CASE WHEN t.unobserved THEN 'unobserved' ELSE 'leg' END AS kind,
       to_timestamp(t.start_s) AS start_at, to_timestamp(t.start_lo) AS start_lo, to_timestamp(t.start_hi) AS start_hi,
       to_timestamp(t.end_s) AS end_at, to_timestamp(t.end_lo) AS end_lo, to_timestamp(t.end_hi) AS end_hi,
       t.start_by, t.end_by,
       t.from_lat AS from_lat_e6, t.from_lon AS from_lon_e6, t.to_lat AS to_lat_e6, t.to_lon AS to_lon_e6,
       t.metres, t.moving_s, t.gap_s, t.top_kmh, t.fixes, s.first_row, s.last_row, a.odometer_m,
       to_timestamp(a.ignition_on_s) AS ignition_on_at, to_timestamp(a.ignition_off_s) AS ignition_off_at,
       nullif(concat_ws('; ',
         CASE WHEN a.odometer_m < 0 THEN 'odometer goes back by ' || -a.odometer_m || ' m'
              WHEN abs(a.odometer_m - t.metres) > greatest(500, t.metres // 10)
              THEN 'odometer ' || a.odometer_m || ' m, path ' || t.metres || ' m' END,
         CASE WHEN a.off_under_way > 0 THEN 'ignition off at ' || a.off_under_way || ' fixes under way' END,
         CASE WHEN a.ignition_on_s > t.start_hi + 120 THEN 'ignition on after the start' END,
         CASE WHEN a.ignition_off_s < t.end_lo - 120 THEN 'ignition last on before the end' END), '') AS differences,
       {label} AS profile{line}
FROM trace_traced t
JOIN fixes_vehicles x ON x.v = t.v
LEFT JOIN trace_sources s ON s.v = t.v AND s.leg = t.leg
LEFT JOIN trace_anchors a ON a.v = t.v AND a.leg = t.leg
{lines}
ORDER BY t.v, t.start_s
