-- The legs of the book as they are linked: times in seconds, places by their key in the register.
SELECT l.leg_id, l.vehicle_key, l.kind,
       CAST(epoch_ms(l.start_lo) // 1000 AS BIGINT) AS start_lo, CAST(epoch_ms(l.start_hi) // 1000 AS BIGINT) AS start_hi,
       CAST(epoch_ms(l.end_lo) // 1000 AS BIGINT) AS end_lo, CAST(epoch_ms(l.end_hi) // 1000 AS BIGINT) AS end_hi,
       CAST(epoch_ms(l.start_at) // 1000 AS BIGINT) AS start_s, CAST(epoch_ms(l.end_at) // 1000 AS BIGINT) AS end_s,
       l.metres, f.place_key AS from_place, t.place_key AS to_place,
       l.from_lat_e6, l.from_lon_e6, l.to_lat_e6, l.to_lon_e6, l.sources AS source_ids
FROM traced_legs l
LEFT JOIN register_keys f ON f.name = l.from_place
LEFT JOIN register_keys t ON t.name = l.to_place
