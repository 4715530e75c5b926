-- An entry that gives only its day, and a movement: each the only one left of the vehicle on that day, and nothing
-- contradicts.
WITH left_pairs AS (
  SELECT d.en, d.ln, d.contradictions
  FROM matching_day_pairs d
  LEFT JOIN matching_days e ON e.en = d.en
  LEFT JOIN matching_days l ON l.ln = d.ln
  WHERE e.en IS NULL AND l.ln IS NULL
),
entry_sole AS (SELECT en FROM left_pairs GROUP BY en HAVING count(*) = 1),
leg_sole AS (SELECT ln FROM left_pairs GROUP BY ln HAVING count(*) = 1)
SELECT p.en, p.ln, CAST(0 AS BIGINT) AS shift
FROM left_pairs p
JOIN entry_sole e ON e.en = p.en
JOIN leg_sole l ON l.ln = p.ln
WHERE p.contradictions = 0
