-- The legs of the book as they were traced, named by vehicle and start.
SELECT CAST(vehicle AS VARCHAR) || '/' || strftime(timezone('UTC', start_at), '%Y%m%dT%H%M%SZ')
         || CASE WHEN kind = 'leg' THEN '' ELSE '-gap' END AS leg_id,
       CAST(vehicle AS VARCHAR) AS vehicle_key, * EXCLUDE (vehicle)
FROM book_legs_found
