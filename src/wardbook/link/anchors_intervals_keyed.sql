-- Each interval by what it is joined on: the vehicle (1), a person aboard (2), the place, for events of neither (3), or
-- nothing, for what holds for all (4). An open end lies centuries away.
SELECT interval_id, kind, vehicle_key, person_key, at_place, at_lat_e6, at_lon_e6,
       coalesce(lo, -40000000000) AS lo, coalesce(hi, 40000000000) AS hi,
       CASE WHEN person_key IS NOT NULL THEN 2 WHEN vehicle_key IS NOT NULL THEN 1
            WHEN kind = 'event' THEN 3 ELSE 4 END AS way,
       CASE WHEN person_key IS NOT NULL THEN person_key WHEN vehicle_key IS NOT NULL THEN vehicle_key
            WHEN kind = 'event' THEN at_place ELSE '' END AS key
FROM intervals
