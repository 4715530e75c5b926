-- The same with clocks set right: a fix half of 1,024 weeks before the middle of its vehicle's fixes is one of a
-- receiver that lost count of the weeks; one that is still decades away is left out.
WITH mended AS (
  SELECT b.* REPLACE (CASE WHEN b.ts_s < x.middle_s - {half_rollover_s} THEN b.ts_s + 2 * {half_rollover_s}
                           ELSE b.ts_s END AS ts_s),
         x.middle_s
  FROM trace_read b
  JOIN fixes_vehicles x ON x.v = b.v
)
SELECT * EXCLUDE (middle_s) FROM mended
WHERE middle_s IS NULL OR abs(ts_s - middle_s) <= {half_rollover_s}
