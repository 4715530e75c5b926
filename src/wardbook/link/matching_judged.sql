-- The judgements on links, with the numbers of both sides; one on an entry or movement that is not there says nothing.
SELECT e.en, l.ln, j.verdict
FROM judged_links j
JOIN matching_entries e ON e.entry_id = j.entry_id
JOIN matching_legs l ON l.leg_id = j.leg_id
