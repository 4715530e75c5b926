-- Links of several, compared as a whole: first start, last end, summed distance, place of the first and of the last.
WITH whole AS (
  SELECT CASE WHEN kind = 'one entry, several legs' THEN en ELSE -ln END AS unit, en, ln, shift, found_by, kind
  FROM matching_grouped WHERE kind <> 'one to one'
),
entries AS (
  SELECT w.unit, w.en, e.s + w.shift AS s, e.e + w.shift AS e, e.metres,
         row_number() OVER (PARTITION BY w.unit ORDER BY e.s, e.e, e.entry_id) AS first_place,
         row_number() OVER (PARTITION BY w.unit ORDER BY e.e DESC, e.s DESC, e.entry_id DESC) AS last_place
  FROM (SELECT DISTINCT unit, en, shift FROM whole) w
  JOIN matching_entries e ON e.en = w.en
),
legs AS (
  SELECT w.unit, w.ln, l.start_lo, l.start_hi, l.end_lo, l.end_hi, l.start_s, l.end_s, l.metres,
         row_number() OVER (PARTITION BY w.unit ORDER BY l.start_s, l.end_s, l.leg_id) AS first_place,
         row_number() OVER (PARTITION BY w.unit ORDER BY l.end_s DESC, l.start_s DESC, l.leg_id DESC) AS last_place
  FROM (SELECT DISTINCT unit, ln FROM whole) w
  JOIN matching_legs l ON l.ln = w.ln
),
entry_ends AS (
  SELECT unit, min(s) AS s, max(e) AS e, min(CASE WHEN first_place = 1 THEN en END) AS first_en,
         min(CASE WHEN last_place = 1 THEN en END) AS last_en,
         CASE WHEN min(CASE WHEN metres IS NULL THEN 0 ELSE 1 END) = 1 THEN CAST(sum(metres) AS BIGINT) END AS metres
  FROM entries GROUP BY unit
),
leg_ends AS (
  SELECT unit, min(start_lo) AS start_lo, min(start_hi) AS start_hi, max(end_lo) AS end_lo, max(end_hi) AS end_hi,
         min(start_s) AS start_s, max(end_s) AS end_s, min(CASE WHEN first_place = 1 THEN ln END) AS first_ln,
         min(CASE WHEN last_place = 1 THEN ln END) AS last_ln,
         CASE WHEN min(CASE WHEN metres IS NULL THEN 0 ELSE 1 END) = 1 THEN CAST(sum(metres) AS BIGINT) END AS metres
  FROM legs GROUP BY unit
)
SELECT w.en, w.ln, w.shift, w.found_by, w.kind, n.s, n.e, m.start_lo, m.start_hi, m.end_lo, m.end_hi, m.start_s, m.end_s,
       n.metres, m.metres AS leg_metres, {first_agrees} AS from_agrees, {last_agrees} AS to_agrees
FROM whole w
JOIN entry_ends n ON n.unit = w.unit
JOIN leg_ends m ON m.unit = w.unit
JOIN matching_entries a ON a.en = n.first_en
JOIN matching_entries c ON c.en = n.last_en
JOIN matching_legs b ON b.ln = m.first_ln
JOIN matching_legs d ON d.ln = m.last_ln
