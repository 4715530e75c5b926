-- The pairs near in time of which one side or both are alone: the partner that each has, and the seconds they share.
WITH near AS (
  SELECT p.en, p.ln, p.shift FROM matching_pairs p JOIN matching_alone_entries a ON a.en = p.en
  UNION
  SELECT p.en, p.ln, p.shift FROM matching_pairs p JOIN matching_alone_legs a ON a.ln = p.ln
)
SELECT n.en, n.ln, n.shift, t.ln AS entry_leg, u.en AS leg_entry, e.entry_id, l.leg_id,
       e.s + n.shift AS s, e.e + n.shift AS e, e.metres, l.start_lo, l.end_hi, l.start_s, l.end_s,
       least(e.e + n.shift, l.end_s) - greatest(e.s + n.shift, l.start_s) AS shared
FROM near n
JOIN matching_entries e ON e.en = n.en
JOIN matching_legs l ON l.ln = n.ln
LEFT JOIN matching_times t ON t.en = n.en
LEFT JOIN matching_times u ON u.ln = n.ln
WHERE e.s IS NOT NULL AND e.e IS NOT NULL
