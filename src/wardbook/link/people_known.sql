-- The register of people, and the office-holders the settings name, as persons.
SELECT e.record_id, coalesce(p.person_key, k.name_key) AS person_key, lower(trim(e.role)) AS role, e.protectee,
       e.valid_from, e.valid_to
FROM people e
JOIN name_keys k ON k.written = e.name
LEFT JOIN persons p ON p.name_key = k.name_key
UNION ALL
SELECT NULL, coalesce(p.person_key, k.name_key), 'principal', NULL, NULL, NULL
FROM name_keys k
LEFT JOIN persons p ON p.name_key = k.name_key
WHERE k.written IN ({principals})
