-- What the rider list of each use says, a row for each use with a list. A "maybe" is a rider without role
-- words whose name stands elsewhere with that role: it does not make the fact true, and keeps it from false.
WITH roles_elsewhere AS (
  SELECT p.person_key,
         bool_or(r.role = 'principal') AS principal,
         bool_or(r.role IN ('spouse', 'family')) AS family,
         bool_or(r.role = 'security') AS security
  FROM riders r
  JOIN persons p ON p.name_key = r.name_key
  WHERE r.role IN ('principal', 'spouse', 'family', 'security')
  GROUP BY p.person_key
),
registered AS (
  SELECT DISTINCT a.use_id, a.record_id, k.role, k.protectee, k.record_id AS register_id
  FROM aboard a
  JOIN people_known k ON k.person_key = a.person_key
   AND (k.valid_from IS NULL OR a.day >= k.valid_from) AND (k.valid_to IS NULL OR a.day <= k.valid_to)
),
by_register AS (
  SELECT use_id,
         bool_or(role = 'principal') AS principal,
         bool_or(role IN ('spouse', 'family')) AS family,
         bool_or(role IN ('officer', 'security')) AS security,
         bool_or(coalesce(protectee, false)) AS protectee,
         list_sort(list(DISTINCT register_id) FILTER (register_id IS NOT NULL)) AS register_ids
  FROM registered
  GROUP BY use_id
),
by_list AS (
  SELECT a.use_id,
         bool_or(coalesce(a.role = 'principal', false)) AS principal,
         bool_or(coalesce(a.role IN ('spouse', 'family'), false)) AS family,
         bool_or(coalesce(a.role = 'spouse', false)) AS spouse,
         bool_or(coalesce(a.role = 'security', false)) AS security,
         bool_or(coalesce(a.role = 'officer', false)) AS officer,
         bool_or(a.role IS NULL AND coalesce(e.principal, false)) AS maybe_principal,
         bool_or(a.role IS NULL AND coalesce(e.family, false)) AS maybe_family,
         bool_or(a.role IS NULL AND coalesce(e.security, false)) AS maybe_security
  FROM aboard a
  LEFT JOIN roles_elsewhere e ON e.person_key = a.person_key
  GROUP BY a.use_id
)
SELECT u.use_id, true AS listed,
       coalesce(l.principal, false) AS list_principal, coalesce(g.principal, false) AS register_principal,
       coalesce(l.family, false) AS list_family, coalesce(g.family, false) AS register_family,
       coalesce(l.spouse, false) AS list_spouse,
       coalesce(l.security, false) AS list_security, coalesce(g.security, false) AS register_security,
       coalesce(l.officer, false) AS list_officer, coalesce(g.protectee, false) AS register_protectee,
       coalesce(l.maybe_principal, false) AS maybe_principal, coalesce(l.maybe_family, false) AS maybe_family,
       coalesce(l.maybe_security, false) AS maybe_security,
       coalesce(g.register_ids, []) AS register_ids
FROM uses u
LEFT JOIN by_list l USING (use_id)
LEFT JOIN by_register g USING (use_id)
WHERE u.riders IS NOT NULL OR l.use_id IS NOT NULL
