-- The vehicles with movements, numbered; one that is not known is the vehicle ''.
SELECT vehicle_key, CAST(row_number() OVER (ORDER BY vehicle_key) AS BIGINT) AS v
FROM (SELECT DISTINCT coalesce(vehicle_key, '') AS vehicle_key FROM movements) m
