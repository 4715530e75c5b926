-- Where the vehicle stood after leg n (0: before the first), and from when to when: the first and last fix
-- within {place_m} m of there, and the ends of the edges in which it hardly moved for two minutes. Where these signs differ, ``arrived_hi``
-- and ``left_lo`` are the later and the earlier of them.
WITH stood AS (
  SELECT v, leg, sum(lat_weight) / (2.0 * sum(stood_s)) AS lat, sum(lon_weight) / (2.0 * sum(stood_s)) AS lon
  FROM trace_runs
  WHERE kind = 0
  GROUP BY v, leg
),
parts AS (
  SELECT r.v, r.part, r.leg, p.lat, p.lon, w_e6_m() AS north_m, w_e6_m() * cos(radians(p.lat / 1000000.0)) AS east_m
  FROM trace_runs r
  JOIN stood p ON p.v = r.v AND p.leg = r.leg
  WHERE r.kind = 0
),
spans AS (
  SELECT v, leg, min(from_s) AS from_s, max(to_s) AS to_s
  FROM trace_runs
  WHERE NOT counts
  GROUP BY v, leg
),
near AS (
  SELECT p.v, p.leg, e.ts, e.ts2, e.dt, e.hop,
         w_square((e.lat - p.lat) * north_m) + w_square((e.lon - p.lon) * east_m) AS off,
         w_square((e.lat2 - p.lat) * north_m) + w_square((e.lon2 - p.lon) * east_m) AS off2,
         e.dt >= 120 AND e.hop <= {slow_mps} * e.dt AS quiet
  FROM trace_kinds e
  JOIN parts p ON p.v = e.v AND p.part = e.part
  WHERE e.kind = 0
),
found AS (
  SELECT v, leg,
         min(CASE WHEN off <= {place_m} * {place_m} THEN ts WHEN off2 <= {place_m} * {place_m} THEN ts2 END) AS near_from_s,
         max(CASE WHEN off2 <= {place_m} * {place_m} THEN ts2 WHEN off <= {place_m} * {place_m} THEN ts END) AS near_to_s,
         min(CASE WHEN off * 4 <= {place_m} * {place_m} THEN ts WHEN off2 * 4 <= {place_m} * {place_m} THEN ts2 END) AS core_from_s,
         max(CASE WHEN off2 * 4 <= {place_m} * {place_m} THEN ts2 WHEN off * 4 <= {place_m} * {place_m} THEN ts END) AS core_to_s,
         min(ts) FILTER (quiet) AS quiet_from_s, max(ts2) FILTER (quiet) AS quiet_to_s,
         min(ts) AS first_s, arg_min(ts2, ts) AS second_s, arg_min(hop, ts) AS first_hop,
         max(ts2) AS last_s, arg_max(ts, ts2) AS last_but_one_s, arg_max(hop, ts2) AS last_hop
  FROM near
  GROUP BY v, leg
)
SELECT s.v, s.leg, s.from_s, s.to_s,
       coalesce(least(near_from_s, quiet_from_s), s.from_s) AS arrived_s,
       coalesce(greatest(near_from_s, quiet_from_s, core_from_s,
                         CASE WHEN first_hop > {place_m} THEN second_s END), s.from_s) AS arrived_hi,
       coalesce(greatest(near_to_s, quiet_to_s), s.to_s) AS left_s,
       coalesce(least(near_to_s, quiet_to_s, core_to_s,
                      CASE WHEN last_hop > {place_m} THEN last_but_one_s END), s.to_s) AS left_lo,
       f.v IS NOT NULL AS stood
FROM spans s
LEFT JOIN found f ON f.v = s.v AND f.leg = s.leg
