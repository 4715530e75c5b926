-- Pairs that are each other's best among those left: one entry has at most one partner in another exhibit.
WITH ranked AS (
  SELECT left_id, right_id, left_exhibit, right_exhibit,
         row_number() OVER (PARTITION BY left_id, right_exhibit
           ORDER BY points DESC, hours_apart, occurrences_apart, left_id, right_id) AS left_rank,
         row_number() OVER (PARTITION BY right_id, left_exhibit
           ORDER BY points DESC, hours_apart, occurrences_apart, left_id, right_id) AS right_rank
  FROM entry_pool
)
SELECT left_id, right_id, left_exhibit, right_exhibit FROM ranked WHERE left_rank = 1 AND right_rank = 1
