-- Priced pairs with the rank of their entry and their movement by vehicle and time, which decides between equals.
WITH entries AS (
  SELECT en, row_number() OVER (ORDER BY v, s, e, entry_id) AS entry_rank
  FROM matching_entries JOIN (SELECT DISTINCT en AS ranked FROM {priced}) p ON p.ranked = en
),
legs AS (
  SELECT ln, row_number() OVER (ORDER BY v, start_s, end_s, leg_id) AS leg_rank
  FROM matching_legs JOIN (SELECT DISTINCT ln AS ranked FROM {priced}) p ON p.ranked = ln
)
SELECT p.en, p.ln, p.shift, p.cost * 4294967296 + l.leg_rank AS by_entry, p.cost * 4294967296 + e.entry_rank AS by_leg
FROM {priced} p
JOIN entries e ON e.en = p.en
JOIN legs l ON l.ln = p.ln
