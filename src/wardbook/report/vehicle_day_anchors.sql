-- The toll passings, purchases of fuel and parkings of vehicle $1 from second $2 up to $3, or of day $4 where no time is on record.
-- A position that the anchor does not have is that of the place of the register of the same name.
WITH mine AS (
  SELECT anchor_id FROM anchors WHERE vehicle_key = $1
  UNION SELECT anchor_id FROM anchors_without_movement WHERE vehicle_key = $1
  UNION SELECT k.anchor_id FROM anchor_legs k JOIN traced_legs l ON l.leg_id = k.leg_id WHERE l.vehicle_key = $1
),
registered AS (
  SELECT lower(trim(name)) AS place, min(lat_e6) AS lat_e6, min(lon_e6) AS lon_e6
  FROM places WHERE lat_e6 IS NOT NULL AND lon_e6 IS NOT NULL
  GROUP BY 1 HAVING count(DISTINCT (lat_e6, lon_e6)) = 1
)
SELECT a.anchor_id AS row_id, a.kind, a.lo, a.hi, coalesce(a.at_lat_e6, p.lat_e6) AS lat_e6, coalesce(a.at_lon_e6, p.lon_e6) AS lon_e6,
       a.source_ids AS sources, n.verdict, n.reason AS unlinked, t.agency,
       CASE WHEN a.kind <> 'toll' THEN NULL WHEN a.anchor_id = t.record_id THEN t.exit_plaza ELSE t.entry_plaza END AS plaza,
       CASE WHEN a.anchor_id = t.record_id THEN t.amount ELSE f.amount END AS amount, coalesce(t.currency, f.currency) AS currency,
       a.at_place, f.merchant, f.merchant_city, f.volume_ml, f.odometer_m
FROM anchors a
JOIN mine m ON m.anchor_id = a.anchor_id
LEFT JOIN toll_passes t ON a.kind = 'toll' AND t.record_id = a.source_ids[1]
LEFT JOIN fuel_purchases f ON a.kind = 'fuel' AND f.record_id = a.source_ids[1]
LEFT JOIN anchors_without_movement n ON n.anchor_id = a.anchor_id
LEFT JOIN registered p ON p.place = a.at_place
WHERE CASE WHEN a.lo IS NULL AND a.hi IS NULL THEN coalesce(t.day, f.day) = CAST($4 AS DATE)
           ELSE coalesce(a.lo, a.hi) < $3 AND coalesce(a.hi, a.lo) >= $2 END
ORDER BY a.lo NULLS FIRST, a.anchor_id
