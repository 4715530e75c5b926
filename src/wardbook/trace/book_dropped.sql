-- The fixes that tracing took out, or read otherwise than they stand; and those that the device itself calls no good.
SELECT r.record_id, CAST(d.vehicle AS VARCHAR) AS vehicle_key, CAST(to_timestamp(d.ts_s) AS TIMESTAMPTZ) AS at, d.reason, d.used
FROM book_fixes_dropped d
JOIN book_fixes_numbered r ON r.source_row = d.source_row
UNION ALL
SELECT f.record_id, t.vehicle_key, f.at, 'the device says that its position is no good', FALSE
FROM fixes f
LEFT JOIN track_vehicles t ON t.track_id = f.track_id
WHERE f.at IS NOT NULL AND f.lat_e6 IS NOT NULL AND f.lon_e6 IS NOT NULL AND f.valid IS FALSE
