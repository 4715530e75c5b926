-- The positions along every leg, numbered.
SELECT leg_id, ts, lat AS lat_e6, lon AS lon_e6, row_number() OVER (ORDER BY leg_id, ts, lat, lon) AS position_id
FROM book_points_found p
JOIN book_legs l ON l.vehicle_key = CAST(p.vehicle AS VARCHAR) AND l.leg = p.leg
