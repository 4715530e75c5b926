-- Authorizations that cover each use on its day: for all, for its vehicle, or for a person aboard; and the
-- authorization its own log names.
WITH granted AS (
  SELECT a.record_id, coalesce(a.valid_from, a.authorized_on) AS valid_from, a.valid_to,
         nullif(upper(regexp_replace(a.vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS vehicle_key,
         coalesce(p.person_key, k.name_key) AS person_key
  FROM authorizations a
  LEFT JOIN name_keys k ON k.written = a.person
  LEFT JOIN persons p ON p.name_key = k.name_key
),
uses_keyed AS (
  SELECT use_id, date, nullif(upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS vehicle_key FROM uses
),
covering AS (
  SELECT u.use_id, g.record_id
  FROM uses_keyed u JOIN granted g ON g.vehicle_key = u.vehicle_key
  WHERE g.person_key IS NULL
   AND (g.valid_from IS NULL OR u.date >= g.valid_from) AND (g.valid_to IS NULL OR u.date <= g.valid_to)
  UNION
  SELECT u.use_id, g.record_id
  FROM uses_keyed u JOIN aboard a USING (use_id) JOIN granted g ON g.person_key = a.person_key
  WHERE (g.vehicle_key IS NULL OR g.vehicle_key = u.vehicle_key)
   AND (g.valid_from IS NULL OR u.date >= g.valid_from) AND (g.valid_to IS NULL OR u.date <= g.valid_to)
  UNION
  SELECT u.use_id, g.record_id
  FROM uses_keyed u
  JOIN granted g ON g.vehicle_key IS NULL AND g.person_key IS NULL
   AND (g.valid_from IS NULL OR u.date >= g.valid_from) AND (g.valid_to IS NULL OR u.date <= g.valid_to)
  UNION
  SELECT r.use_id, r.record_id
  FROM use_records r JOIN log_entries e USING (record_id)
  WHERE trim(e.authorized_by) <> ''
)
SELECT use_id, list_sort(list(record_id)) AS authorization_ids FROM covering GROUP BY use_id
