-- The log entries, each with a number to join by (in no order), the recorded vehicle it can be of (v) and, where a
-- time is written, the span in which a movement must lie to be near it. An end before its start is not read.
WITH sole AS (SELECT min(v) AS v FROM matching_vehicles HAVING count(*) = 1),
named AS (
  SELECT w.entry_id, w.vehicle_key, coalesce(x.v, y.v, o.v) AS v,
         CASE WHEN x.v IS NOT NULL THEN 'same' WHEN y.v IS NOT NULL THEN 'spelt alike'
              WHEN w.vehicle_key IS NULL THEN 'not written' ELSE 'another' END AS vehicle,
         w.start_s AS s, CASE WHEN w.end_s < w.start_s THEN NULL ELSE w.end_s END AS e,
         w.day_lo, w.day_hi, w.shift_s, w.metres{places}
  FROM written w
  LEFT JOIN matching_vehicles x ON x.vehicle_key = w.vehicle_key
  LEFT JOIN vehicle_spellings p ON p.written_key = w.vehicle_key
  LEFT JOIN matching_vehicles y ON y.vehicle_key = p.vehicle_key
  LEFT JOIN sole o ON w.vehicle_key IS NULL
)
SELECT CAST(row_number() OVER () AS BIGINT) AS en, n.*,
       least(coalesce(n.s, n.e), coalesce(n.s, n.e) + n.shift_s) - {reach} AS lo,
       greatest(coalesce(n.e, n.s), coalesce(n.e, n.s) + n.shift_s) + {reach} AS hi
FROM named n
