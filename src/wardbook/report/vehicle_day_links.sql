-- The links of the rows $1 (a list of their ids): the record, the movement, how they belong together, score and reason. Log entries first.
WITH shown AS (SELECT unnest(CAST($1 AS VARCHAR[])) AS row_id),
links AS (
  SELECT 1 AS turn, k.entry_id AS row_id, k.leg_id, k.kind AS relation, k.score, r.reason
  FROM entry_legs k
  JOIN entry_leg_reasons r ON r.entry_id = k.entry_id AND r.leg_id = k.leg_id
  WHERE k.entry_id IN (SELECT row_id FROM shown) OR k.leg_id IN (SELECT row_id FROM shown)
  UNION ALL
  SELECT 2, anchor_id, leg_id, relation, score, reason
  FROM anchor_legs
  WHERE anchor_id IN (SELECT row_id FROM shown) OR leg_id IN (SELECT row_id FROM shown)
  UNION ALL
  SELECT 3, interval_id, leg_id, relation, score, reason
  FROM leg_intervals
  WHERE interval_id IN (SELECT row_id FROM shown) OR leg_id IN (SELECT row_id FROM shown)
)
SELECT row_id, leg_id, relation, score, reason
FROM links
ORDER BY turn, row_id, leg_id, relation
