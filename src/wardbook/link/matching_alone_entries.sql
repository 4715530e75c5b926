-- The entries that found no partner by their times.
SELECT e.en
FROM matching_entries e
LEFT JOIN matching_times t ON t.en = e.en
WHERE t.en IS NULL
