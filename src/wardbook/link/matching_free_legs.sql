-- The movements that nothing is linked to by times.
SELECT l.*
FROM matching_legs l
JOIN matching_alone_legs a ON a.ln = l.ln
LEFT JOIN matching_grouped g ON g.ln = l.ln
WHERE g.ln IS NULL
