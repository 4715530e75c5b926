-- One row a run of edges of one kind. A run of moves that does not come far is jitter of the stay around it;
-- one that goes out and comes back to the same place within no time, with no fix on the way where the vehicle
-- otherwise sends them, is a teleport; one that is nothing but silences is an unobserved move.
-- ``leg`` counts the legs and unobserved moves of a vehicle up to here: what is parked after leg n has n.
WITH sums AS (
  SELECT v, kind, part, count(*) AS edges, min(dt) AS least_dt, min(rn) AS rn, min(ts) AS from_s, max(ts2) AS to_s,
         CAST(sum(hop) AS BIGINT) AS metres,
         min(ts) FILTER (hop > {slow_mps} * dt) AS fast_from_s, max(ts2) FILTER (hop > {slow_mps} * dt) AS fast_to_s,
         arg_min(dt, rn) AS first_dt, arg_min(hop, rn) AS first_hop, arg_max(dt, rn) AS last_dt, arg_max(hop, rn) AS last_hop,
         arg_min(lat, rn) AS from_lat, arg_min(lon, rn) AS from_lon, arg_max(lat2, rn) AS to_lat, arg_max(lon2, rn) AS to_lon,
         least(min(lat), min(lat2)) AS lat_lo, greatest(max(lat), max(lat2)) AS lat_hi,
         least(min(lon), min(lon2)) AS lon_lo, greatest(max(lon), max(lon2)) AS lon_hi
  FROM trace_moves
  GROUP BY v, kind, part
),
stops AS (
  SELECT v, kind, part, min(rn) AS rn, min(ts) AS from_s, max(ts2) AS to_s,
         sum(dt) AS stood_s, sum((ts2 - ts) * (lat + lat2)) AS lat_weight, sum((ts2 - ts) * (lon + lon2)) AS lon_weight
  FROM trace_kinds
  WHERE kind = 0
  GROUP BY v, kind, part
),
far AS (
  SELECT *, kind = 1 AND metres >= {path_m} AND fast_from_s IS NOT NULL
            AND w_hop(lat_lo, lon_lo, lat_hi, lon_hi) >= {extent_m} AS goes
  FROM sums
),
paced AS (
  SELECT f.*, coalesce(p.pace, 0) AS pace
  FROM far f
  LEFT JOIN (SELECT v, CAST(sum(to_s - from_s - first_dt - last_dt) AS DOUBLE) / CAST(sum(edges - 2) AS DOUBLE) AS pace
             FROM far WHERE goes AND edges > 2 GROUP BY v) p ON p.v = f.v
),
judged AS (
  SELECT *,
         goes AND first_hop > {jump_m} AND last_hop > {jump_m} AND least(first_dt, last_dt) >= 2 * pace AND first_dt + last_dt >= 8 * pace
         AND to_s - from_s - first_dt - last_dt < {stay_s}
         AND w_hop(from_lat, from_lon, to_lat, to_lon) <= {quiet_m} AND edges > 1 AS teleport,
         goes AND pace > 0 AND least_dt >= greatest(120, 4 * pace) AS silent
  FROM paced
),
all_runs AS (
  SELECT v, kind, part, rn, from_s, to_s, fast_from_s, fast_to_s, NULL AS stood_s, NULL AS lat_weight, NULL AS lon_weight,
         teleport,
         kind = 2 OR (goes AND silent AND NOT teleport) AS unobserved,
         kind = 2 OR (goes AND NOT teleport) AS counts
  FROM judged
  UNION ALL
  SELECT v, kind, part, rn, from_s, to_s, NULL, NULL, stood_s, lat_weight, lon_weight, FALSE, FALSE, FALSE
  FROM stops
)
SELECT *, CAST(sum(CASE WHEN counts THEN 1 ELSE 0 END)
               OVER (PARTITION BY v ORDER BY rn ROWS UNBOUNDED PRECEDING) AS BIGINT) AS leg
FROM all_runs
