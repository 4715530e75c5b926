-- The anchors, each with the one vehicle it is of: as it says, or as its transponder or card is issued at the time.
WITH held AS (
  SELECT a.anchor_id, min(h.vehicle_key) AS vehicle_key
  FROM anchors a
  JOIN anchor_holders h ON h.holder_key = a.holder_key
  WHERE a.vehicle_key IS NULL AND (h.lo IS NULL OR h.lo <= a.hi) AND (h.hi IS NULL OR h.hi >= a.lo)
  GROUP BY a.anchor_id
  HAVING min(h.vehicle_key) = max(h.vehicle_key)
)
SELECT a.anchor_id, a.kind, a.lo, a.hi, a.at_place, a.at_lat_e6, a.at_lon_e6,
       coalesce(a.vehicle_key, h.vehicle_key) AS vehicle_key
FROM anchors a
LEFT JOIN held h ON h.anchor_id = a.anchor_id
