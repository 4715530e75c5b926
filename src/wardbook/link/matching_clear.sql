-- An entry and a movement that are near each other at both ends, and near no other.
WITH near AS (
  SELECT en, ln, shift FROM matching_pairs WHERE start_off <= {reach} AND end_off <= {reach}
),
entries AS (SELECT en, min(ln) AS ln, min(shift) AS shift FROM near GROUP BY en HAVING count(*) = 1),
legs AS (SELECT ln FROM near GROUP BY ln HAVING count(*) = 1)
SELECT e.en, e.ln, e.shift
FROM entries e
JOIN legs l ON l.ln = e.ln
