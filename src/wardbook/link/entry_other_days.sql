-- Pairs of entries of two exhibits that agree in everything but the day, where each exhibit covers the other's
-- day for the vehicle and has no entry for it, and one slip explains the days: another year, month or day of
-- the month, day and month exchanged, or at most three days between them. They may be one use.
WITH spans AS (
  SELECT exhibit, vehicle_key, min(day) AS first_day, max(day) AS last_day
  FROM entry_keys
  WHERE vehicle_key IS NOT NULL AND day IS NOT NULL
  GROUP BY exhibit, vehicle_key
),
answered AS (
  SELECT left_id AS record_id, right_exhibit AS exhibit FROM entry_matches
  UNION
  SELECT right_id, left_exhibit FROM entry_matches
  UNION
  SELECT left_id, right_exhibit FROM entry_pairs WHERE verdict = 'unsure' AND NOT one_exhibit
  UNION
  SELECT right_id, left_exhibit FROM entry_pairs WHERE verdict = 'unsure' AND NOT one_exhibit
),
lacking AS (
  SELECT k.record_id, k.exhibit, s.exhibit AS other, k.vehicle_key, k.day, k.hours, k.riders_key, k.agency_key,
         regexp_replace(k.route_key, '[^a-z0-9]', '', 'g') AS route_letters,
         regexp_replace(k.purpose_key, '[^a-z0-9]', '', 'g') AS purpose_letters
  FROM entry_keys k
  JOIN spans s ON s.vehicle_key = k.vehicle_key AND s.exhibit <> k.exhibit AND k.day BETWEEN s.first_day AND s.last_day
  ANTI JOIN answered w ON w.record_id = k.record_id AND w.exhibit = s.exhibit
  WHERE k.route_key IS NOT NULL AND k.hours IS NOT NULL AND coalesce(k.riders_key, k.purpose_key) IS NOT NULL
)
SELECT a.record_id AS left_id, b.record_id AS right_id,
       'days differ (' || a.day || ' / ' || b.day || '), and each source has no such entry on the other''s day; '
       || 'route same; hours same; riders ' || CASE WHEN a.riders_key IS NULL THEN 'unknown' ELSE 'same' END
       || '; purpose ' || CASE WHEN a.purpose_letters IS NULL OR b.purpose_letters IS NULL THEN 'unknown' ELSE 'same' END
       || '; agency ' || CASE WHEN a.agency_key IS NULL OR b.agency_key IS NULL THEN 'unknown' ELSE 'same' END
         AS comparisons
FROM lacking a
JOIN lacking b ON b.vehicle_key = a.vehicle_key AND b.hours = a.hours AND b.route_letters = a.route_letters
 AND b.exhibit = a.other AND b.other = a.exhibit AND a.record_id < b.record_id
WHERE a.day <> b.day
 AND a.riders_key IS NOT DISTINCT FROM b.riders_key
 AND coalesce(a.purpose_letters = b.purpose_letters, true) AND coalesce(a.agency_key = b.agency_key, true)
 AND (a.riders_key IS NOT NULL OR a.purpose_letters = b.purpose_letters)
 AND (
   abs(date_diff('day', a.day, b.day)) <= 3
   OR CAST(year(a.day) = year(b.day) AS INTEGER) + CAST(month(a.day) = month(b.day) AS INTEGER)
      + CAST(day(a.day) = day(b.day) AS INTEGER) = 2
   OR (year(a.day) = year(b.day) AND month(a.day) = day(b.day) AND day(a.day) = month(b.day))
 )
