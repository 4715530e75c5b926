-- Spans in which a device reported without a silence: fixes in a row with at most {silence_s} seconds between them.
WITH used AS (
  SELECT r.vehicle, r.time FROM book_fixes_numbered r
  ANTI JOIN (SELECT record_id FROM dropped_fixes WHERE NOT used) d ON d.record_id = r.record_id
),
cut AS (
  SELECT vehicle, time,
         coalesce(epoch_us(time) - epoch_us(lag(time) OVER along) > {silence_s} * 1000000, TRUE) AS begins
  FROM used
  WINDOW along AS (PARTITION BY vehicle ORDER BY time)
),
numbered AS (
  SELECT vehicle, time, sum(CAST(begins AS INTEGER)) OVER (PARTITION BY vehicle ORDER BY time, begins DESC ROWS UNBOUNDED PRECEDING) AS span
  FROM cut
)
SELECT vehicle AS vehicle_key, min(time) AS from_at, max(time) AS to_at, count(*) AS fixes
FROM numbered
GROUP BY vehicle, span
HAVING max(time) > min(time)
