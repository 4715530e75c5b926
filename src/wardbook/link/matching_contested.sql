-- The other pairs near each other at both ends, with their price.
SELECT p.en, p.ln, p.shift, p.start_off + p.end_off + {unlike} AS cost
FROM matching_pairs p
LEFT JOIN matching_clear c ON c.en = p.en
JOIN matching_entries e ON e.en = p.en
JOIN matching_legs l ON l.ln = p.ln
WHERE c.en IS NULL AND p.start_off <= {reach} AND p.end_off <= {reach}
