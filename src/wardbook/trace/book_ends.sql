-- The two ends of every leg as positions.
SELECT leg_id || ' from' AS position_id, from_lat_e6 AS lat_e6, from_lon_e6 AS lon_e6 FROM book_legs
UNION ALL
SELECT leg_id || ' to', to_lat_e6, to_lon_e6 FROM book_legs
