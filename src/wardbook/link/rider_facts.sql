-- What the rider list of each use says, a row for each use with a list. A "maybe" is a rider without role
-- words whose name stands elsewhere with that role, or one whom another record has elsewhere at the time: it does not
-- make the fact true, and keeps it from false.
WITH doubted_offices AS (
  SELECT DISTINCT a.use_id, a.record_id, a.role
  FROM aboard a
  JOIN presence_doubted d ON d.use_id = a.use_id AND d.person_key = a.person_key
  WHERE a.role IN ('principal', 'spouse')
),
known AS (
  SELECT a.use_id, a.record_id, a.role, a.person_key, a.day, d.use_id IS NOT NULL OR o.use_id IS NOT NULL AS doubted
  FROM aboard a
  LEFT JOIN presence_doubted d ON d.use_id = a.use_id AND d.person_key = a.person_key
  LEFT JOIN doubted_offices o ON o.use_id = a.use_id AND o.record_id = a.record_id AND o.role = a.role
),
roles_elsewhere AS (
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
  SELECT DISTINCT a.use_id, a.record_id, k.role, k.protectee, k.record_id AS register_id, a.doubted
  FROM known a
  JOIN people_known k ON k.person_key = a.person_key
   AND (k.valid_from IS NULL OR a.day >= k.valid_from) AND (k.valid_to IS NULL OR a.day <= k.valid_to)
),
by_register AS (
  SELECT use_id,
         bool_or(role = 'principal' AND NOT doubted) AS principal,
         bool_or(role IN ('spouse', 'family') AND NOT doubted) AS family,
         bool_or(role IN ('officer', 'security') AND NOT doubted) AS security,
         bool_or(coalesce(protectee, false) AND NOT doubted) AS protectee,
         bool_or(role = 'principal' AND doubted) AS maybe_principal,
         bool_or(role IN ('spouse', 'family') AND doubted) AS maybe_family,
         bool_or(role IN ('officer', 'security') AND doubted) AS maybe_security,
         bool_or(coalesce(protectee, false) AND doubted) AS maybe_protectee,
         list_sort(list(DISTINCT register_id) FILTER (register_id IS NOT NULL)) AS register_ids
  FROM registered
  GROUP BY use_id
),
by_list AS (
  SELECT a.use_id,
         bool_or(coalesce(a.role = 'principal', false) AND NOT a.doubted) AS principal,
         bool_or(coalesce(a.role IN ('spouse', 'family'), false) AND NOT a.doubted) AS family,
         bool_or(coalesce(a.role = 'spouse', false) AND NOT a.doubted) AS spouse,
         bool_or(coalesce(a.role = 'security', false) AND NOT a.doubted) AS security,
         bool_or(coalesce(a.role = 'officer', false)) AS officer,
         bool_or(CASE WHEN a.role IS NULL THEN coalesce(e.principal, false) ELSE a.doubted AND a.role = 'principal' END) AS maybe_principal,
         bool_or(CASE WHEN a.role IS NULL THEN coalesce(e.family, false) ELSE a.doubted AND a.role IN ('spouse', 'family') END) AS maybe_family,
         bool_or(CASE WHEN a.role IS NULL THEN coalesce(e.security, false) ELSE a.doubted AND a.role = 'security' END) AS maybe_security
  FROM known a
  LEFT JOIN roles_elsewhere e ON e.person_key = a.person_key
  GROUP BY a.use_id
)
SELECT u.use_id, true AS listed,
       coalesce(l.principal, false) AS list_principal, coalesce(g.principal, false) AS register_principal,
       coalesce(l.family, false) AS list_family, coalesce(g.family, false) AS register_family,
       coalesce(l.spouse, false) AS list_spouse,
       coalesce(l.security, false) AS list_security, coalesce(g.security, false) AS register_security,
       coalesce(l.officer, false) AS list_officer, coalesce(g.protectee, false) AS register_protectee,
       coalesce(l.maybe_principal, false) OR coalesce(g.maybe_principal, false) AS maybe_principal,
       coalesce(l.maybe_family, false) OR coalesce(g.maybe_family, false) AS maybe_family,
       coalesce(l.maybe_security, false) OR coalesce(g.maybe_security, false) AS maybe_security,
       coalesce(g.maybe_protectee, false) AS maybe_protectee,
       coalesce(g.register_ids, []) AS register_ids
FROM uses u
LEFT JOIN by_list l USING (use_id)
LEFT JOIN by_register g USING (use_id)
WHERE u.riders IS NOT NULL OR l.use_id IS NOT NULL
