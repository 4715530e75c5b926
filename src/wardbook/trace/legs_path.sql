-- The edges of every leg: those of its run, and those of the stays around it on which it was still under way.
SELECT l.v, l.leg, l.unobserved, e.fixes, e.ts, e.lat, e.lon, e.ts2, e.lat2, e.lon2, e.dt, e.hop
FROM trace_moves e
JOIN trace_ends l ON l.v = e.v AND l.kind = e.kind AND l.part = e.part
WHERE e.ts >= l.from_s AND e.ts2 <= l.to_s
UNION ALL
SELECT l.v, l.leg, l.unobserved, e.fixes, e.ts, e.lat, e.lon, e.ts2, e.lat2, e.lon2, e.dt, e.hop
FROM (SELECT * FROM trace_kinds WHERE kind = 0 UNION ALL SELECT * FROM trace_moves WHERE kind = 1) e
JOIN (SELECT n.v, n.leg, n.unobserved, n.from_s, n.to_s, r.kind, r.part
      FROM (SELECT v, kind, part, from_s, to_s, unnest([leg, leg + 1]) AS leg FROM trace_runs WHERE NOT counts) r
      JOIN trace_ends n ON n.v = r.v AND n.leg = r.leg
      WHERE NOT n.unobserved AND r.to_s > n.from_s AND r.from_s < n.to_s) l
  ON l.v = e.v AND l.kind = e.kind AND l.part = e.part
WHERE e.ts >= l.from_s AND e.ts2 <= l.to_s
