-- The movements, each with a number to join by (in no order) and its vehicle's.
SELECT CAST(row_number() OVER () AS BIGINT) AS ln, w.v, m.leg_id, m.kind,
       m.start_lo, m.start_hi, m.end_lo, m.end_hi, m.start_s, m.end_s, m.metres{places}
FROM movements m
JOIN matching_vehicles w ON w.vehicle_key = coalesce(m.vehicle_key, '')
