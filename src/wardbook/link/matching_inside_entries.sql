-- An entry without a partner of which at least half lies in the times of a movement without a partner.
SELECT en, ln, shift FROM (
  SELECT o.en, o.ln, o.shift, row_number() OVER (PARTITION BY o.en ORDER BY o.shared DESC, o.start_s, o.leg_id) AS place
  FROM matching_open o
  LEFT JOIN matching_inside_legs e ON e.en = o.en
  LEFT JOIN matching_inside_legs l ON l.ln = o.ln
  WHERE o.entry_leg IS NULL AND o.leg_entry IS NULL AND e.en IS NULL AND l.ln IS NULL
   AND o.shared > 0 AND 2 * o.shared >= o.e - o.s
) o
WHERE place = 1
