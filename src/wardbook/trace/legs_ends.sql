-- The first and last fix of every leg, and what is known around them: the stay, or the gap, or the end of the record.
SELECT r.v, r.leg, r.kind, r.part, r.unobserved,
       CASE WHEN r.unobserved THEN 'gap' WHEN before.v IS NOT NULL THEN 'stay' WHEN r.rn > 1 THEN 'gap' ELSE 'record' END AS start_by,
       CASE WHEN r.unobserved THEN 'gap' WHEN after.v IS NOT NULL THEN 'stay' WHEN r.to_s < l.last_s THEN 'gap' ELSE 'record' END AS end_by,
       CASE WHEN r.unobserved THEN r.from_s WHEN before.left_s < r.from_s THEN before.left_s ELSE r.fast_from_s END AS from_s,
       CASE WHEN r.unobserved THEN r.to_s WHEN after.arrived_s > r.to_s THEN after.arrived_s ELSE r.fast_to_s END AS to_s,
       CASE WHEN before.v IS NOT NULL THEN least(before.left_s, greatest(before.left_lo, before.left_s - {stay_s}))
            ELSE coalesce(g.from_s, r.from_s - {wake_s}) END AS set_off_lo,
       coalesce(before.to_s, r.fast_from_s) AS set_off_hi,
       coalesce(after.from_s, r.fast_to_s) AS stopped_lo,
       CASE WHEN after.v IS NOT NULL THEN greatest(after.arrived_s, least(after.arrived_hi, after.arrived_s + {stay_s}))
            ELSE coalesce(h.to_s, r.to_s) END AS stopped_hi
FROM trace_runs r
JOIN (SELECT v, max(to_s) AS last_s FROM trace_runs GROUP BY v) l ON l.v = r.v
LEFT JOIN trace_parked before ON before.v = r.v AND before.leg = r.leg - 1
LEFT JOIN trace_parked after ON after.v = r.v AND after.leg = r.leg
LEFT JOIN trace_runs g ON g.v = r.v AND g.leg = r.leg - 1 AND g.unobserved
LEFT JOIN trace_runs h ON h.v = r.v AND h.leg = r.leg + 1 AND h.unobserved
WHERE r.counts
