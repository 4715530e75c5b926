-- Who was aboard each use, a row for each rider and person: by the name on the list, and, for a principal or
-- spouse named by the office, by the register of that day. person_key is NULL for a rider nobody names.
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
)
SELECT use_id, record_id, role, person_key, day FROM listed
UNION
SELECT use_id, record_id, role, person_key, day FROM by_office
