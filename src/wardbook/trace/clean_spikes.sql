-- Single fixes far from where the vehicle was before and after, with silences on both sides much longer than
-- the vehicle is used to on the way: it cannot have been there and back unseen.
WITH far AS (
  SELECT v, rn, ts, lat, lon, ts2, lat2, lon2, dt FROM trace_edges WHERE hop > {jump_m} AND dt >= 120
),
spikes AS (
  SELECT a.v, b.rn, b.ts, b.lat, b.lon, least(a.dt, b.dt) AS dt
  FROM far a
  JOIN far b ON b.v = a.v AND b.rn = a.rn + 1
  WHERE w_hop(a.lat, a.lon, b.lat2, b.lon2) <= {quiet_m}
),
paces AS (
  SELECT e.v, quantile_disc(e.dt, 0.5) AS pace
  FROM trace_edges e
  SEMI JOIN spikes s ON s.v = e.v
  ANTI JOIN spikes o ON o.v = e.v AND (o.rn = e.rn OR o.rn = e.rn + 1)
  WHERE e.hop > {stay_m} AND e.dt <= {gap_s}
  GROUP BY e.v
)
SELECT s.v, s.ts, s.lat, s.lon
FROM spikes s
LEFT JOIN paces p ON p.v = s.v
WHERE s.dt >= 4 * coalesce(p.pace, 0)
