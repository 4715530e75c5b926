-- To which vehicle each transponder, plate and card was assigned; a vehicle is its own plate where none says otherwise.
SELECT DISTINCT upper(regexp_replace(device, '[^A-Za-z0-9]', '', 'g')) AS holder_key,
       upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')) AS vehicle_key,
       CAST(epoch_ms(timezone({zone}, CAST(valid_from AS TIMESTAMP))) // 1000 AS BIGINT) AS lo,
       CAST(epoch_ms(timezone({zone}, CAST(valid_to AS TIMESTAMP) + INTERVAL 1 DAY)) // 1000 AS BIGINT) - 1 AS hi
FROM assignments
WHERE regexp_matches(device, '[A-Za-z0-9]') AND regexp_matches(vehicle, '[A-Za-z0-9]')
