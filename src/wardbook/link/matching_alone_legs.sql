-- The movements that found no partner by their times.
SELECT l.ln
FROM matching_legs l
LEFT JOIN matching_times t ON t.ln = l.ln
WHERE t.ln IS NULL
