-- The lines of counties and countries that pass the box from x $1, y $2 to x $3, y $4, piece by piece, with what lies on either side.
-- The coarser lines of the United States among the countries are left out.
WITH lines AS (
  SELECT layer, line FROM shape_points
  GROUP BY layer, line
  HAVING max(x) >= $1 AND max(y) >= $2 AND min(x) <= $3 AND min(y) <= $4
),
pieces AS (
  SELECT p.layer, p.line, p.step, p.x, p.y, lead(p.x) OVER along AS x2, lead(p.y) OVER along AS y2, p.left_code, p.right_code, p.seam
  FROM shape_points p
  JOIN lines l ON l.layer = p.layer AND l.line = p.line
  WINDOW along AS (PARTITION BY p.layer, p.line ORDER BY p.step)
)
SELECT p.layer, p.line, p.step, p.x, p.y, p.x2, p.y2, a.region AS left_region, b.region AS right_region, a.name AS left_name, b.name AS right_name
FROM pieces p
LEFT JOIN shape_regions a ON a.layer = p.layer AND a.code = p.left_code
LEFT JOIN shape_regions b ON b.layer = p.layer AND b.code = p.right_code
WHERE p.x2 IS NOT NULL AND NOT p.seam
  AND greatest(p.x, p.x2) >= $1 AND greatest(p.y, p.y2) >= $2 AND least(p.x, p.x2) <= $3 AND least(p.y, p.y2) <= $4
  AND (p.layer = 1 OR (a.country IS DISTINCT FROM 'US' AND b.country IS DISTINCT FROM 'US'))
ORDER BY p.layer, p.line, p.step
