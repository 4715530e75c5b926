-- The entries that nothing is linked to by times.
SELECT e.*
FROM matching_entries e
JOIN matching_alone_entries a ON a.en = e.en
LEFT JOIN matching_grouped g ON g.en = a.en
WHERE g.en IS NULL
