-- One row a leg or unobserved move, in seconds and micro-degrees.
WITH sums AS (
  SELECT v, leg, min(ts) AS from_s, max(ts2) AS to_s,
         arg_min(lat, ts) AS from_lat, arg_min(lon, ts) AS from_lon,
         arg_max(lat2, ts2) AS to_lat, arg_max(lon2, ts2) AS to_lon,
         CAST(sum(hop) AS BIGINT) AS metres,
         CAST(sum(CASE WHEN hop > {slow_mps} * dt THEN dt ELSE 0 END) AS BIGINT) AS moving_s,
         CAST(sum(CASE WHEN dt > 120 THEN dt ELSE 0 END) AS BIGINT) AS gap_s,
         max(CAST(hop AS BIGINT) * 36 // (CAST(dt AS BIGINT) * 10)) AS top_kmh,
         CAST(sum(fixes) + 1 AS BIGINT) AS fixes,
         arg_min(dt, ts) AS first_dt, arg_min(hop, ts) AS first_hop, arg_max(dt, ts) AS last_dt, arg_max(hop, ts) AS last_hop
  FROM trace_path
  GROUP BY v, leg
),
pace AS (
  SELECT *, greatest({slow_mps} * 6, CASE WHEN to_s - from_s - first_dt - last_dt > 0
         THEN (metres - first_hop - last_hop) / (to_s - from_s - first_dt - last_dt) END) AS mps
  FROM sums
),
set_off AS (
  SELECT *,
         CASE WHEN first_dt > 2 * {thin_s} THEN CAST(floor(first_dt - least(first_dt, first_hop / mps)) AS BIGINT) ELSE 0 END AS later,
         CASE WHEN last_dt > 2 * {thin_s} THEN CAST(floor(last_dt - least(last_dt, last_hop / mps)) AS BIGINT) ELSE 0 END AS earlier,
         CASE WHEN first_dt > 2 * {thin_s} THEN first_dt ELSE 0 END AS latest,
         CASE WHEN last_dt > 2 * {thin_s} THEN last_dt ELSE 0 END AS earliest
  FROM pace
)
SELECT s.v, s.leg, e.unobserved, e.start_by, e.end_by,
       CASE WHEN e.unobserved THEN s.from_s ELSE s.from_s + s.later END AS start_s,
       CASE WHEN e.unobserved THEN s.from_s ELSE least(s.from_s, e.set_off_lo) - {thin_s} END AS start_lo,
       CASE WHEN e.unobserved THEN s.to_s ELSE greatest(s.from_s + s.latest, e.set_off_hi) + {thin_s} END AS start_hi,
       CASE WHEN e.unobserved THEN s.to_s ELSE s.to_s - s.earlier END AS end_s,
       CASE WHEN e.unobserved THEN s.from_s ELSE least(s.to_s - s.earliest, e.stopped_lo) - {thin_s} END AS end_lo,
       CASE WHEN e.unobserved THEN s.to_s ELSE greatest(s.to_s, e.stopped_hi) + {thin_s} END AS end_hi,
       s.from_s, s.to_s, s.from_lat, s.from_lon, s.to_lat, s.to_lon, s.metres,
       CASE WHEN e.unobserved THEN 0 ELSE s.moving_s END AS moving_s, s.gap_s,
       CASE WHEN NOT e.unobserved THEN s.top_kmh END AS top_kmh, s.fixes
FROM set_off s
JOIN trace_ends e ON e.v = s.v AND e.leg = s.leg
