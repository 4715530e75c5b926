-- Who was aboard each movement: the persons of the uses whose log entries are linked to it.
SELECT DISTINCT e.leg_id, a.person_key
FROM entry_legs e
JOIN use_records r ON r.record_id = e.entry_id
JOIN aboard a ON a.use_id = r.use_id
WHERE a.person_key IS NOT NULL
