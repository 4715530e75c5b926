-- Who was aboard each use, a row for each rider and person: by the name on the list, and, for a principal or
-- spouse named by the office, by the register of that day; a person's judgement adds and takes away. person_key is NULL
-- for a rider nobody names.
WITH listed AS (
  SELECT u.use_id, u.source_rank, r.record_id, r.role, p.person_key, e.day
  FROM use_records u
  JOIN riders r ON r.entry_id = u.record_id
  JOIN log_entries e ON e.record_id = u.record_id
  LEFT JOIN persons p ON p.name_key = r.name_key
),
by_office AS (
  SELECT DISTINCT l.use_id, l.record_id, l.role, k.person_key, l.day
  FROM listed l
  JOIN people_known k ON k.role = l.role
   AND (k.valid_from IS NULL OR l.day >= k.valid_from) AND (k.valid_to IS NULL OR l.day <= k.valid_to)
  WHERE l.role IN ('principal', 'spouse') AND k.record_id IS NOT NULL
),
on_record AS (
  SELECT use_id, record_id, role, person_key, day FROM listed
  UNION
  SELECT use_id, record_id, role, person_key, day FROM by_office
),
-- Who is not aboard, is not so under the office that stands on the same list either.
taken_away AS (
  SELECT DISTINCT o.use_id, o.record_id, o.role, o.person_key
  FROM on_record o
  JOIN aboard_judged j ON j.use_id = o.use_id AND j.person_key = o.person_key AND j.verdict = 'different'
)
SELECT o.use_id, o.record_id, o.role, o.person_key, o.day
FROM on_record o
LEFT JOIN taken_away t ON t.use_id = o.use_id AND t.record_id = o.record_id
 AND (t.person_key = o.person_key OR (t.role = o.role AND o.role IN ('principal', 'spouse')))
WHERE t.use_id IS NULL
UNION
SELECT j.use_id, u.record_id, NULL, j.person_key, e.day
FROM aboard_judged j
JOIN use_records u ON u.use_id = j.use_id AND u.source_rank = 1
JOIN log_entries e ON e.record_id = u.record_id
WHERE j.verdict = 'same'
