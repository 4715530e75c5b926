-- The entries that nothing is linked to. Contradicted is one only where every reading of it leaves no way: the device
-- reported all through the span in which it would have to lie, and no movement of the vehicle touches that span.
WITH near AS (
  SELECT en, ln FROM (
    SELECT p.en, p.ln,
           row_number() OVER (PARTITION BY p.en ORDER BY p.start_off + p.end_off, l.start_s, l.end_s, l.leg_id) AS place
    FROM matching_unlinked f
    JOIN {near} p ON p.en = f.en
    JOIN matching_legs l ON l.ln = p.ln
  ) n
  WHERE place = 1
)
SELECT f.entry_id, f.vehicle_key,
       CASE WHEN c.en IS NOT NULL AND n.en IS NULL AND t.en IS NULL THEN 'contradicted' ELSE 'open' END AS verdict,
       l.leg_id AS near_leg_id,
       CASE WHEN f.vehicle_key IS NULL AND f.v IS NULL THEN 'no vehicle is written'
            WHEN f.v IS NULL THEN 'no device recorded this vehicle'
            WHEN f.lo IS NULL THEN 'no time and no day are written'
            WHEN n.en IS NOT NULL AND k.ln IS NULL THEN 'the nearest movement belongs to another entry'
            WHEN n.en IS NOT NULL THEN 'the nearest movement does not fit it at both ends'
            WHEN t.en IS NOT NULL THEN 'the vehicle moved on that day, and nothing says which movement is meant'
            WHEN c.en IS NOT NULL THEN 'the device reported throughout, and the vehicle did not move'
            ELSE 'no movement is recorded, but the device did not report throughout' END AS reason
FROM matching_unlinked f
LEFT JOIN near n ON n.en = f.en
LEFT JOIN matching_legs l ON l.ln = n.ln
LEFT JOIN matching_free_legs k ON k.ln = n.ln
LEFT JOIN (SELECT DISTINCT en FROM matching_covered) c ON c.en = f.en
LEFT JOIN (SELECT DISTINCT en FROM matching_day_moves) t ON t.en = f.en
