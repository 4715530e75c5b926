  UNION ALL
  SELECT e.entry_id, l.leg_id,
         CASE WHEN k.legs > 1 THEN 'one entry, several legs' WHEN k.entries > 1 THEN 'several entries, one leg' ELSE 'one to one' END,
         'judged', CAST(0 AS BIGINT), CASE WHEN e.v = l.v OR e.vehicle = 'not written' THEN e.vehicle ELSE 'another' END,
         e.s, e.e, l.start_lo, l.start_hi, l.end_lo, l.end_hi, l.start_s, l.end_s,
         e.metres, l.metres, {from_agrees}, {to_agrees}
  FROM (SELECT en, ln, count(*) OVER (PARTITION BY en) AS legs, count(*) OVER (PARTITION BY ln) AS entries
        FROM matching_judged WHERE verdict = 'same') k
  JOIN matching_entries e ON e.en = k.en
  JOIN matching_legs l ON l.ln = k.ln
