-- The links, each with its comparisons and score.
WITH compared AS (
  SELECT e.entry_id, l.leg_id, 'one to one' AS kind, 'times' AS found_by, k.shift, e.vehicle,
         e.s + k.shift AS s, e.e + k.shift AS e, l.start_lo, l.start_hi, l.end_lo, l.end_hi, l.start_s, l.end_s,
         e.metres, l.metres AS leg_metres, {from_agrees} AS from_agrees, {to_agrees} AS to_agrees
  FROM matching_times k
  JOIN matching_entries e ON e.en = k.en
  JOIN matching_legs l ON l.ln = k.ln
  LEFT JOIN (SELECT DISTINCT en FROM matching_grouped) g ON g.en = k.en
  WHERE g.en IS NULL
  UNION ALL
  SELECT e.entry_id, l.leg_id, 'one to one', k.found_by, k.shift,
         CASE WHEN e.v = l.v OR e.vehicle = 'not written' THEN e.vehicle ELSE 'another' END,
         e.s + k.shift, e.e + k.shift, l.start_lo, l.start_hi, l.end_lo, l.end_hi, l.start_s, l.end_s,
         e.metres, l.metres, {from_agrees}, {to_agrees}
  FROM matching_other_links k
  JOIN matching_entries e ON e.en = k.en
  JOIN matching_legs l ON l.ln = k.ln
  UNION ALL
  SELECT e.entry_id, l.leg_id, u.kind, u.found_by, u.shift, e.vehicle,
         u.s, u.e, u.start_lo, u.start_hi, u.end_lo, u.end_hi, u.start_s, u.end_s,
         u.metres, u.leg_metres, u.from_agrees, u.to_agrees
  FROM matching_units u
  JOIN matching_entries e ON e.en = u.en
  JOIN matching_legs l ON l.ln = u.ln
{judged}),
apart AS (
  SELECT c.*,
         CASE WHEN s IS NOT NULL THEN {start_apart} END AS start_apart_s,
         CASE WHEN e IS NOT NULL THEN {end_apart} END AS end_apart_s,
         CASE WHEN s IS NOT NULL AND e IS NOT NULL THEN CAST(1000 * greatest(least(e, end_s) - greatest(s, start_s), 0)
              // greatest(greatest(e, end_s) - least(s, start_s), 1) AS BIGINT) END AS overlap_permille,
         leg_metres - metres AS metres_apart, {distance} AS distance_agrees
  FROM compared c
)
SELECT entry_id, leg_id, kind, found_by, vehicle, start_apart_s, end_apart_s, overlap_permille,
       CASE WHEN from_agrees = -1 OR to_agrees = -1 THEN 'contradict'
            WHEN from_agrees = 1 AND to_agrees = 1 THEN 'both agree'
            WHEN from_agrees = 1 THEN 'start agrees' WHEN to_agrees = 1 THEN 'end agrees'
            ELSE 'not compared' END AS places,
       metres_apart,
       CASE distance_agrees WHEN 1 THEN 'agree' WHEN -1 THEN 'contradict'
            ELSE CASE WHEN metres_apart IS NULL THEN 'not compared' ELSE 'differ' END END AS distances,
       shift AS shifted_s,
       CAST(greatest(1, 100
         - CASE WHEN start_apart_s IS NULL AND end_apart_s IS NULL THEN 40
                WHEN start_apart_s IS NULL OR end_apart_s IS NULL
                THEN least(40, 10 + CAST(coalesce(start_apart_s, end_apart_s) // 30 AS BIGINT))
                ELSE least(40, CAST((start_apart_s + end_apart_s) // 60 AS BIGINT)) END
         - CASE from_agrees WHEN 1 THEN 0 WHEN 0 THEN 5 ELSE 20 END
         - CASE to_agrees WHEN 1 THEN 0 WHEN 0 THEN 5 ELSE 20 END
         - CASE distance_agrees WHEN 1 THEN 0 WHEN 0 THEN 5 ELSE 20 END
         - CASE vehicle WHEN 'same' THEN 0 WHEN 'spelt alike' THEN 5 WHEN 'not written' THEN 15 ELSE 25 END
         - CASE WHEN kind = 'one to one' THEN 0 ELSE 5 END) AS BIGINT) AS score
FROM apart
