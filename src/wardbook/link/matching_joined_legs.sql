-- A movement without a partner that an entry with one takes in as well: it lies wholly in the written times, or half
-- of it does and the entry's times fit all its movements at least twice as well with it. Not where the written
-- distance is already that of the movements it has.
WITH held AS (
  SELECT en, ln FROM matching_times
  UNION ALL SELECT en, ln FROM matching_inside_legs
),
waiting AS (
  SELECT o.* FROM matching_open o
  LEFT JOIN matching_inside_legs l ON l.ln = o.ln
  LEFT JOIN matching_inside_entries e ON e.ln = o.ln
  LEFT JOIN matching_inside_entries x ON x.en = o.en
  WHERE o.leg_entry IS NULL AND l.ln IS NULL AND e.ln IS NULL AND x.en IS NULL
   AND o.shared > 0 AND 2 * o.shared >= o.end_s - o.start_s
),
spans AS (
  SELECT h.en, min(g.start_s) AS start_s, max(g.end_s) AS end_s,
         CASE WHEN count(g.metres) = count(*) THEN CAST(sum(g.metres) AS BIGINT) END AS metres
  FROM (SELECT DISTINCT en FROM waiting) w
  JOIN held h ON h.en = w.en
  JOIN matching_legs g ON g.ln = h.ln
  GROUP BY h.en
),
compared AS (
  SELECT w.*, s.metres AS has_metres, abs(s.start_s - w.s) + abs(s.end_s - w.e) AS apart,
         abs(least(s.start_s, w.start_s) - w.s) + abs(greatest(s.end_s, w.end_s) - w.e) AS apart_with
  FROM waiting w
  JOIN spans s ON s.en = w.en
)
SELECT en, ln, shift FROM (
  SELECT en, ln, shift, row_number() OVER (PARTITION BY ln ORDER BY shared DESC, e - s, s, entry_id) AS place
  FROM compared
  WHERE ((start_lo >= s AND end_hi <= e) OR 2 * apart_with <= apart)
   AND coalesce(NOT ({explained}), true)
) c
WHERE place = 1
