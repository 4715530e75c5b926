-- What each movement may be told by: the trip of a log entry linked to it, its vehicle, the persons aboard.
SELECT DISTINCT m.leg_id, 'trip' AS way, lower(trim(e.trip)) AS key, m.start_s, m.end_s
FROM entry_legs k
JOIN log_entries e ON e.record_id = k.entry_id
JOIN movements m ON m.leg_id = k.leg_id
WHERE trim(e.trip) <> ''
UNION ALL
SELECT leg_id, 'vehicle', vehicle_key, start_s, end_s FROM movements
UNION ALL
SELECT p.leg_id, 'person', p.person_key, m.start_s, m.end_s FROM leg_people p JOIN movements m ON m.leg_id = p.leg_id
