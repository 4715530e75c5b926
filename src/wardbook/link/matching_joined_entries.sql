-- An entry without a partner that a movement with one takes in as well: half of the entry lies in the movement, and
-- the entries together fit its times at least twice as well. The movement's entry has no other movement.
WITH held AS (
  SELECT en, ln, shift FROM matching_times
  UNION ALL SELECT en, ln, shift FROM matching_inside_legs
),
taken AS (
  SELECT en FROM matching_inside_legs
  UNION SELECT en FROM matching_inside_entries
),
waiting AS (
  SELECT o.* FROM matching_open o
  LEFT JOIN taken t ON t.en = o.en
  WHERE o.entry_leg IS NULL AND t.en IS NULL AND o.shared > 0 AND 2 * o.shared >= o.e - o.s
),
near AS (
  SELECT h.en, h.ln, h.shift
  FROM (SELECT DISTINCT ln FROM waiting) w
  JOIN held h ON h.ln = w.ln
),
several AS (
  SELECT i.en FROM matching_inside_legs i GROUP BY i.en HAVING count(*) > 1
  UNION SELECT en FROM matching_joined_legs
),
single AS (
  SELECT n.ln, m.s + n.shift AS s, m.e + n.shift AS e
  FROM near n
  JOIN matching_entries m ON m.en = n.en
  LEFT JOIN several v ON v.en = n.en
  WHERE v.en IS NULL
)
SELECT en, ln, shift FROM (
  SELECT w.en, w.ln, w.shift, row_number() OVER (PARTITION BY w.en ORDER BY w.shared DESC, w.start_s, w.leg_id) AS place
  FROM waiting w
  JOIN single h ON h.ln = w.ln
  WHERE 2 * (abs(least(h.s, w.s) - w.start_s) + abs(greatest(h.e, w.e) - w.end_s))
        <= abs(h.s - w.start_s) + abs(h.e - w.end_s)
) c
WHERE place = 1
