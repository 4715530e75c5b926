-- The cells that cleaning took out of the track, or that lie in moves too small for a leg.
WITH taken AS (
  SELECT v, ts, lat, lon, 'teleport' AS reason FROM trace_teleports
  UNION ALL
  SELECT e.v, e.ts, e.lat, e.lon,
         CASE WHEN r.teleport THEN 'teleport, out and back' ELSE 'jitter: moves too little for a leg' END
  FROM trace_moves e
  JOIN trace_runs r ON r.v = e.v AND r.kind = e.kind AND r.part = e.part
  WHERE e.kind = 1 AND NOT r.counts AND e.ts > r.from_s
)
SELECT v, ts // {thin_s} AS cell, arg_min(lat, ts) AS lat, arg_min(lon, ts) AS lon, min(reason) AS reason
FROM taken
GROUP BY v, ts // {thin_s}
