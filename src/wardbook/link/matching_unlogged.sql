-- The movements that nothing is linked to, each with the nearest entry of its vehicle within reach.
WITH free AS (
  SELECT f.*
  FROM matching_free_legs f
  LEFT JOIN matching_later_links k ON k.ln = f.ln
  WHERE k.ln IS NULL
),
near AS (
  SELECT ln, en FROM (
    SELECT p.ln, p.en, row_number() OVER (PARTITION BY p.ln ORDER BY p.start_off + p.end_off, e.s, e.e, e.entry_id) AS place
    FROM free f
    JOIN {near} p ON p.ln = f.ln
    JOIN matching_entries e ON e.en = p.en
  ) n
  WHERE place = 1
),
logged AS (SELECT DISTINCT v FROM matching_entries WHERE v IS NOT NULL)
SELECT f.leg_id, nullif(w.vehicle_key, '') AS vehicle_key, f.kind, f.start_s, f.end_s, f.metres, e.entry_id AS near_entry_id,
       CASE WHEN g.v IS NULL THEN 'the log has no entry of this vehicle'
            WHEN e.en IS NULL THEN 'no entry of the vehicle is within {minutes} minutes of it'
            WHEN u.en IS NOT NULL THEN 'the nearest entry does not fit it at both ends'
            ELSE 'the nearest entry belongs to another movement' END AS reason
FROM free f
JOIN matching_vehicles w ON w.v = f.v
LEFT JOIN near n ON n.ln = f.ln
LEFT JOIN matching_entries e ON e.en = n.en
LEFT JOIN matching_unlinked u ON u.en = n.en
LEFT JOIN logged g ON g.v = f.v
