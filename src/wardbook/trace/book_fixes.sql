-- The fixes of the book that have a time and a position, as they are traced; ordered, so that a row's number is its own.
SELECT coalesce(t.vehicle_key, nullif(upper(regexp_replace(f.vehicle, '[^A-Za-z0-9]', '', 'g')), ''), 'FIX ' || f.record_id) AS vehicle,
       f.at AS time, f.lat_e6, f.lon_e6, f.received_at AS received, f.ignition, f.odometer_m, f.record_id, f.track_id,
       coalesce(t.vehicle, f.vehicle) AS written
FROM fixes f
LEFT JOIN track_vehicles t ON t.track_id = f.track_id
LEFT JOIN tracks k ON k.record_id = f.track_id
WHERE (t.track_id IS NOT NULL OR k.record_id IS NULL) AND f.at IS NOT NULL AND f.lat_e6 IS NOT NULL AND f.lon_e6 IS NOT NULL AND f.valid IS NOT FALSE
ORDER BY 1, 2, 3, 4, 8
