-- Log entries with times, once for each officer named.
WITH named AS (
  SELECT record_id, vehicle, start_at, end_at, trim(unnest(regexp_split_to_array(officers_text, '\s*(;|/|&|\band\b)\s*'))) AS officer
  FROM log_entries
  WHERE end_at > start_at AND officers_text IS NOT NULL
)
SELECT record_id, officer, w_key(officer) AS officer_key, w_key(vehicle) AS vehicle_key, vehicle,
       CAST(epoch_ms(start_at) // 1000 AS BIGINT) AS lo, CAST(epoch_ms(end_at) // 1000 AS BIGINT) AS hi
FROM named
WHERE w_key(officer) IS NOT NULL
