-- Pairs that are each other's cheapest among those left.
WITH entries AS (SELECT en, min(by_entry) AS best FROM {pool} GROUP BY en),
legs AS (SELECT ln, min(by_leg) AS best FROM {pool} GROUP BY ln)
SELECT p.en, p.ln, p.shift
FROM {pool} p
JOIN entries e ON e.en = p.en AND e.best = p.by_entry
JOIN legs l ON l.ln = p.ln AND l.best = p.by_leg
