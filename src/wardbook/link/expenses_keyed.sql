-- What each expense may be told by: its trip, its vehicle, its person; with the first and last second of its days.
WITH dated AS (
  SELECT e.record_id, nullif(lower(trim(e.trip)), '') AS trip_key,
         nullif(upper(regexp_replace(e.vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS vehicle_key, coalesce(p.person_key, lower(trim(e.person))) AS person_key,
         CAST(epoch_ms(timezone({zone}, CAST(e.day AS TIMESTAMP))) // 1000 AS BIGINT) AS lo,
         CAST(epoch_ms(timezone({zone}, CAST(greatest(e.day, coalesce(e.day_to, e.day)) AS TIMESTAMP) + INTERVAL 1 DAY)) // 1000 AS BIGINT) - 1 AS hi
  FROM expenses e
  LEFT JOIN name_keys k ON k.written = e.person
  LEFT JOIN persons p ON p.name_key = k.name_key
)
SELECT record_id AS expense_id, 'trip' AS way, trip_key AS key, CAST(0 AS BIGINT) AS lo, CAST(1099511627776 AS BIGINT) AS hi FROM dated WHERE trip_key IS NOT NULL
UNION ALL
SELECT record_id, 'vehicle', vehicle_key, lo, hi FROM dated WHERE vehicle_key IS NOT NULL AND lo IS NOT NULL
UNION ALL
SELECT record_id, 'person', person_key, lo, hi FROM dated WHERE person_key IS NOT NULL AND lo IS NOT NULL
