-- The links of one entry and one movement that were not found as each other's best by their times.
SELECT en, ln, shift, found_by FROM matching_grouped WHERE kind = 'one to one'
UNION ALL SELECT en, ln, shift, 'day' FROM matching_days
UNION ALL SELECT en, ln, shift, 'sole' FROM matching_sole_days
UNION ALL SELECT en, ln, shift, 'places' FROM matching_elsewhere
