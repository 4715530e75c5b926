-- Pairs of names of one level that share a line, both ways round.
WITH pairs AS (
  SELECT DISTINCT a.{level} AS name, b.{level} AS neighbor
  FROM (SELECT DISTINCT left_code, right_code FROM shape_points WHERE NOT seam) p
  JOIN shape_regions a ON a.code = p.left_code
  JOIN shape_regions b ON b.code = p.right_code
  WHERE a.{level} IS DISTINCT FROM b.{level} AND a.{level} IS NOT NULL AND b.{level} IS NOT NULL
  UNION
  SELECT * FROM (VALUES {more}) AS more (name, neighbor)
)
SELECT name, neighbor FROM pairs
UNION
SELECT neighbor, name FROM pairs
