-- The pairs near in time on which no person has decided: neither side is judged to belong to another.
SELECT p.*
FROM matching_near p
LEFT JOIN (SELECT DISTINCT en FROM matching_judged WHERE verdict = 'same') e ON e.en = p.en
LEFT JOIN (SELECT DISTINCT ln FROM matching_judged WHERE verdict = 'same') l ON l.ln = p.ln
LEFT JOIN (SELECT en, ln FROM matching_judged WHERE verdict = 'different') d ON d.en = p.en AND d.ln = p.ln
WHERE e.en IS NULL AND l.ln IS NULL AND d.en IS NULL
