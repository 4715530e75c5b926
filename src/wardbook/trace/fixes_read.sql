-- The rows of a table, each a fix (reason NULL) or the reason why it is none.
SELECT source_row, vehicle, ts_s, micro, lat_e6, lon_e6, received_us, ignition, odometer_m,
       CASE
         WHEN lat_e6 BETWEEN -60000000 AND 90000000 AND lon_e6 IS NOT NULL AND vehicle IS NOT NULL
              AND (abs(lat_e6) >= 1000 OR abs(lon_e6) >= 1000)
              AND ts_s BETWEEN {first_s} AND {last_s} AND NOT coalesce({other}, FALSE) THEN NULL
         WHEN vehicle IS NULL THEN 'no vehicle'
         WHEN {other} THEN 'another vehicle'
         WHEN timeless THEN 'no time'
         WHEN untimed IS NOT NULL THEN untimed
         WHEN ts_s IS NULL THEN 'time cannot be read'
         WHEN ts_s NOT BETWEEN {first_s} AND {last_s} THEN 'clock before 1980 or after 2100'
         WHEN placeless THEN 'no position'
         WHEN lat_e6 IS NULL OR lon_e6 IS NULL THEN 'position out of range'
         WHEN abs(lat_e6) < 1000 AND abs(lon_e6) < 1000 THEN 'position 0/0'
         WHEN abs(lon_e6) <= 72000000 THEN 'latitude and longitude swapped'
         ELSE 'position out of range'
       END AS reason
FROM fixes_typed
