-- The links of entries or movements that have several: how each was found, and which side has several.
WITH found AS (
  SELECT en, ln, shift, 'inside' AS found_by FROM matching_inside_legs
  UNION ALL SELECT en, ln, shift, 'inside' FROM matching_inside_entries
  UNION ALL SELECT en, ln, shift, 'joined' FROM matching_joined_legs
  UNION ALL SELECT en, ln, shift, 'joined' FROM matching_joined_entries
  UNION ALL SELECT t.en, t.ln, t.shift, 'times' FROM matching_times t
    JOIN (SELECT DISTINCT en FROM matching_joined_legs) j ON j.en = t.en
  UNION ALL SELECT t.en, t.ln, t.shift, 'times' FROM matching_times t
    JOIN (SELECT DISTINCT ln FROM matching_joined_entries) j ON j.ln = t.ln
),
entries AS (SELECT en FROM found GROUP BY en HAVING count(*) > 1),
legs AS (SELECT ln FROM found GROUP BY ln HAVING count(*) > 1)
SELECT f.en, f.ln, f.shift, f.found_by,
       CASE WHEN e.en IS NOT NULL THEN 'one entry, several legs'
            WHEN l.ln IS NOT NULL THEN 'several entries, one leg' ELSE 'one to one' END AS kind
FROM found f
LEFT JOIN entries e ON e.en = f.en
LEFT JOIN legs l ON l.ln = f.ln
