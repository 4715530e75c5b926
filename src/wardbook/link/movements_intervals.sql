-- Calendar events, and the authorizations, assessments and declinings of the book, with their first and last second.
WITH named AS (
  SELECT k.written, p.person_key
  FROM name_keys k
  JOIN persons p ON p.name_key = k.name_key
),
spans AS (
  SELECT s.record_id, 'assessment' AS kind, CAST(NULL AS VARCHAR) AS vehicle, s.person, s.valid_from, s.valid_to
  FROM assessments s
  WHERE s.recommends_protection IS NOT FALSE
  UNION ALL
  SELECT record_id, 'declined', NULL, person, valid_from, valid_to FROM declined
  UNION ALL
  SELECT record_id, 'authorization', vehicle, person, coalesce(valid_from, authorized_on), valid_to FROM authorizations
),
keyed AS (
  SELECT s.record_id, s.kind, nullif(upper(regexp_replace(s.vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS vehicle_key,
         coalesce(n.person_key, s.person) AS person_key, s.valid_from, s.valid_to
  FROM spans s
  LEFT JOIN named n ON n.written = s.person
)
SELECT DISTINCT record_id AS interval_id, kind, vehicle_key, person_key,
       CAST(epoch_ms(timezone({zone}, CAST(valid_from AS TIMESTAMP))) // 1000 AS BIGINT) AS lo,
       CAST(epoch_ms(timezone({zone}, CAST(valid_to AS TIMESTAMP) + INTERVAL 1 DAY)) // 1000 AS BIGINT) - 1 AS hi,
       CAST(NULL AS VARCHAR) AS at_place, CAST(NULL AS BIGINT) AS at_lat_e6, CAST(NULL AS BIGINT) AS at_lon_e6,
       [record_id] AS source_ids
FROM keyed
UNION ALL
SELECT e.record_id, 'event', NULL, NULL,
       CAST(epoch_ms(e.starts_at) // 1000 AS BIGINT),
       greatest(CAST(epoch_ms(coalesce(e.ends_at, e.starts_at)) // 1000 AS BIGINT) - 1, CAST(epoch_ms(e.starts_at) // 1000 AS BIGINT)),
       p.place_key, p.lat_e6, p.lon_e6, [e.record_id]
FROM events e
LEFT JOIN written_places p ON p.written = e.place
WHERE e.starts_at IS NOT NULL
