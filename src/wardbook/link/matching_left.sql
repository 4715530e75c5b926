-- The pairs of which neither side has found its partner.
SELECT p.*
FROM {pool} p
LEFT JOIN {best} e ON e.en = p.en
LEFT JOIN {best} l ON l.ln = p.ln
WHERE e.en IS NULL AND l.ln IS NULL
