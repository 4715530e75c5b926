-- The movements of vehicle $1 that touch the seconds from $2 up to $3: bounds in whole seconds, and why no log entry has them.
WITH timed AS (
  SELECT *, epoch_us(start_lo) // 1000000 AS start_lo_s, epoch_us(start_at) // 1000000 AS start_s, (epoch_us(start_hi) + 999999) // 1000000 AS start_hi_s,
         epoch_us(end_lo) // 1000000 AS end_lo_s, epoch_us(end_at) // 1000000 AS end_s, (epoch_us(end_hi) + 999999) // 1000000 AS end_hi_s
  FROM traced_legs
  WHERE vehicle_key = $1
)
SELECT l.leg_id AS row_id, l.kind, l.start_lo_s, l.start_s, l.start_hi_s, l.end_lo_s, l.end_s, l.end_hi_s, l.from_place, l.to_place,
       l.from_region, l.to_region, l.outside, l.borders, l.metres, l.differences,
       l.from_lat_e6, l.from_lon_e6, l.to_lat_e6, l.to_lon_e6, l.sources, u.reason AS unlinked
FROM timed l
LEFT JOIN unlogged_movements u ON u.leg_id = l.leg_id
WHERE l.start_lo_s < $3 AND l.end_hi_s >= $2
ORDER BY l.start_s, l.leg_id
