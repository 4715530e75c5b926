-- The edges of every leg: those of its run, and those of the stays around it on which it was still under way.
SELECT l.v, l.leg, l.unobserved, e.fixes, e.ts, e.lat, e.lon, e.ts2, e.lat2, e.lon2, e.dt, e.hop
FROM trace_moves e
JOIN trace_ends l ON l.v = e.v AND l.kind = e.kind AND l.part = e.part
WHERE e.ts >= l.from_s AND e.ts2 <= l.to_s
UNION ALL
SELECT l.v, l.leg, l.unobserved, e.fixes, e.ts, e.lat, e.lon, e.ts2, e.lat2, e.lon2, e.dt, e.hop
FROM (SELECT * FROM trace_kinds WHERE kind = 0 UNION ALL SELECT * FROM trace_moves WHERE kind = 1) e
JOIN (SELECT v, kind, part, unnest([leg, leg + 1]) AS leg FROM trace_runs WHERE NOT counts) r
  ON r.v = e.v AND r.kind = e.kind AND r.part = e.part
JOIN trace_ends l ON l.v = r.v AND l.leg = r.leg
WHERE NOT l.unobserved AND e.ts >= l.from_s AND e.ts2 <= l.to_s
