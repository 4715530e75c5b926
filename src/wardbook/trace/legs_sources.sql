-- The first row of the source behind the first and the last fix of every leg.
WITH ends AS (
  SELECT v, leg, TRUE AS first, from_s AS ts_s, from_lat AS lat_e6, from_lon AS lon_e6 FROM trace_traced
  UNION ALL
  SELECT v, leg, FALSE, to_s, to_lat, to_lon FROM trace_traced
),
named AS (SELECT x.vehicle, e.* FROM ends e JOIN fixes_vehicles x ON x.v = e.v)
SELECT e.v, e.leg, min(f.source_row) FILTER (e.first) AS first_row, min(f.source_row) FILTER (NOT e.first) AS last_row
FROM trace_rows f
JOIN named e ON e.vehicle = f.vehicle AND e.ts_s = f.ts_s AND e.lat_e6 = f.lat_e6 AND e.lon_e6 = f.lon_e6
GROUP BY e.v, e.leg
