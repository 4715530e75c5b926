-- The spans in which devices reported, in seconds.
SELECT vehicle_key, CAST(epoch_ms(from_at) // 1000 AS BIGINT) AS lo, CAST(epoch_ms(to_at) // 1000 AS BIGINT) AS hi
FROM watched_spans
