-- What ignition and odometer say beside a leg: first and last second with ignition on, seconds with it off
-- while under way, and the odometer between the first and the last fix (of copies of one second the smallest).
WITH beside AS (
  SELECT t.v, t.leg, b.ts_s, b.ignition, b.odometer_m,
         b.ts_s BETWEEN t.start_s AND t.end_s AS under_way,
         b.ts_s BETWEEN t.from_s AND t.to_s AND b.odometer_m IS NOT NULL AS read,
         CAST(b.ts_s AS HUGEINT) * 36893488147419103232 AS second
  FROM trace_base b
  ASOF JOIN (SELECT *, start_lo - {stay_s} AS beside_s FROM trace_traced WHERE NOT unobserved) t
    ON t.v = b.v AND b.ts_s >= t.beside_s
  WHERE b.ts_s <= t.end_hi + {stay_s} AND (b.ignition IS NOT NULL OR b.odometer_m IS NOT NULL)
)
SELECT v, leg,
       min(ts_s) FILTER (ignition) AS ignition_on_s, max(ts_s) FILTER (ignition) AS ignition_off_s,
       count(*) FILTER (under_way AND NOT ignition) AS off_under_way,
       arg_max(odometer_m, second - odometer_m) FILTER (read)
         - arg_min(odometer_m, second + odometer_m) FILTER (read) AS odometer_m
FROM beside
GROUP BY v, leg
