-- The movements by everything an interval can be joined on.
SELECT 1 AS way, vehicle_key AS key, 0 AS arrives, leg_id FROM movements WHERE vehicle_key IS NOT NULL
UNION ALL SELECT DISTINCT 2, person_key, 0, leg_id FROM leg_people WHERE person_key IS NOT NULL
UNION ALL SELECT 3, to_place, 1, leg_id FROM movements WHERE to_place IS NOT NULL
UNION ALL SELECT 3, from_place, -1, leg_id FROM movements WHERE from_place IS NOT NULL
UNION ALL SELECT 4, '', 0, leg_id FROM movements
