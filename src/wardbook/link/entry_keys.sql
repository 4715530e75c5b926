-- One row a log entry: what it is compared by. Vehicle in capitals without signs, the places of its route in
-- order, its riders as persons, and which of several alike entries of its exhibit it is (occurrence, from 1).
WITH listed AS (
  SELECT r.entry_id,
         list_sort(list(DISTINCT p.person_key) FILTER (p.person_key IS NOT NULL)) AS people,
         md5(CAST(list_sort(list(coalesce(p.person_key, lower(r.role_words), '+') || 'x' || r.headcount)) AS VARCHAR))
           AS riders_key
  FROM riders r
  LEFT JOIN persons p ON p.name_key = r.name_key
  GROUP BY r.entry_id
),
routed AS (
  SELECT entry_id, string_agg(place_key, '|' ORDER BY position, record_id) AS route_key
  FROM stops
  GROUP BY entry_id
),
keyed AS (
  SELECT e.record_id, e.exhibit, e.page, e.line, e.source_key, e.day,
         nullif(upper(regexp_replace(e.vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS vehicle_key,
         coalesce(s.route_key, nullif(lower(trim(e.route_text)), '')) AS route_key,
         e.hours, l.people, l.riders_key,
         nullif(lower(regexp_replace(e.agency, '[^A-Za-z0-9]', '', 'g')), '') AS agency_key,
         e.start_at, e.end_at,
         nullif(lower(trim(e.stated_purpose)), '') AS purpose_key,
         e.task
  FROM log_entries e
  LEFT JOIN listed l ON l.entry_id = e.record_id
  LEFT JOIN routed s ON s.entry_id = e.record_id
)
SELECT *,
       row_number() OVER (
         PARTITION BY exhibit, vehicle_key, day, route_key, hours, riders_key, agency_key, purpose_key
         ORDER BY page, line, record_id
       ) AS occurrence
FROM keyed
