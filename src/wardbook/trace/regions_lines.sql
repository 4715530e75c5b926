-- Each straight piece of a line between two shapes of one layer, with whether it parts two regions.
WITH pieces AS (
  SELECT line, seam, left_code, right_code, x AS x1, y AS y1,
         lead(x) OVER along AS x2, lead(y) OVER along AS y2
  FROM shape_points
  WHERE layer = {layer}
  WINDOW along AS (PARTITION BY line ORDER BY step)
)
SELECT CAST(x1 AS BIGINT) AS x1, CAST(y1 AS BIGINT) AS y1, CAST(x2 AS BIGINT) AS x2, CAST(y2 AS BIGINT) AS y2,
       CAST(left_code AS BIGINT) AS left_code, CAST(right_code AS BIGINT) AS right_code, seam,
       a.region IS DISTINCT FROM b.region AS of_regions
FROM pieces p
LEFT JOIN shape_regions a ON a.code = p.left_code
LEFT JOIN shape_regions b ON b.code = p.right_code
WHERE x2 IS NOT NULL
