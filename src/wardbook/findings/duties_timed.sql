-- Duties with times, in seconds; an officer is told by the letters and digits of the name or number.
SELECT record_id, officer, w_key(officer) AS officer_key, kind, place, CAST(epoch_ms(start_at) // 1000 AS BIGINT) AS lo,
       CAST(epoch_ms(end_at) // 1000 AS BIGINT) AS hi
FROM duties
WHERE end_at > start_at AND w_key(officer) IS NOT NULL
