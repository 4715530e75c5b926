-- The toll passings and fuel purchases of the book as anchors. A time is of the minute it names; a closed road gives two.
WITH passings AS (
  SELECT record_id AS anchor_id, vehicle, passed_at AS moment, exit_plaza AS plaza, record_id FROM toll_passes
  UNION ALL
  SELECT record_id || '/entry', vehicle, entered_at, entry_plaza, record_id FROM toll_passes WHERE entered_at IS NOT NULL
),
marks AS (
  SELECT anchor_id, 'toll' AS kind, vehicle, vehicle AS holder, moment, plaza AS place, record_id FROM passings
  UNION ALL
  SELECT record_id, 'fuel', vehicle, card, purchased_at, merchant, record_id
  FROM fuel_purchases WHERE volume_ml > 0
),
keyed AS (
  SELECT *, nullif(upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS vehicle_key,
         nullif(upper(regexp_replace(holder, '[^A-Za-z0-9]', '', 'g')), '') AS holder_key,
         CAST(epoch_ms(moment) // 60000 * 60 AS BIGINT) AS lo
  FROM marks
)
SELECT k.anchor_id, k.kind, CASE WHEN h.holder_key IS NULL OR k.kind <> 'toll' THEN k.vehicle_key END AS vehicle_key,
       k.holder_key, k.lo, k.lo + 59 AS hi, lower(trim(k.place)) AS at_place,
       CAST(NULL AS BIGINT) AS at_lat_e6, CAST(NULL AS BIGINT) AS at_lon_e6, [k.record_id] AS source_ids
FROM keyed k
LEFT JOIN (SELECT DISTINCT holder_key FROM anchor_holders) h ON h.holder_key = k.holder_key
