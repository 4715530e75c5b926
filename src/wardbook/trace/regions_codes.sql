-- The shape each position lies in, the shapes whose lines run within the tolerance of it, and how near they run.
--
-- The way from the cell's corner straight to the position starts in the corner's shape and steps from one shape
-- to another at each line it crosses, so the shape is the corner's code plus the steps. A piece from A to B is
-- crossed where A and B lie on two sides of the way and the corner and the position on two sides of the piece;
-- that is decided in whole numbers, exactly.
WITH placed AS (
  SELECT position_key, y // 50000 * 7200 + x // 50000 AS cell, x % 50000 AS px, y % 50000 AS py
  FROM ({placed})
),
pairs AS (
  SELECT p.position_key, g.cell, g.corner, g.step, g.touches, g.of_regions,
         p.px * g.y1 - p.py * g.x1 >= 0 AS from_left,
         p.px * g.y2 - p.py * g.x2 >= 0 AS to_left,
         g.turn >= 0 AS corner_left,
         g.turn + p.px * (g.y1 - g.y2) + p.py * (g.x2 - g.x1) >= 0 AS position_left,
         (p.px - g.x1) * g.kx AS wx, (p.py - g.y1) * {metres} AS wy, g.ux, g.uy, g.uu
  FROM placed p
  JOIN {grid} g ON g.cell = p.cell
  WHERE g.turn IS NOT NULL
),
along AS (
  SELECT *, greatest(0e0, least(1e0, (wx * ux + wy * uy) / uu)) AS part FROM pairs
),
measured AS (
  SELECT position_key, cell, corner, touches, of_regions,
         CASE WHEN from_left = to_left OR corner_left = position_left THEN 0
              WHEN from_left THEN step ELSE -step END AS step,
         CAST(floor(sqrt((wx - part * ux) * (wx - part * ux) + (wy - part * uy) * (wy - part * uy)) + 5e-1) AS BIGINT)
           AS metres
  FROM along
)
SELECT position_key, cell, corner + CAST(sum(step) AS BIGINT) AS code,
       bit_or(CASE WHEN metres <= {tolerance} THEN touches ELSE 0 END) AS touched,
       min(CASE WHEN metres <= {tolerance} AND of_regions THEN metres END) AS region_line_m,
       min(CASE WHEN metres <= {tolerance} THEN metres END) AS county_line_m
FROM measured
GROUP BY position_key, cell, corner
UNION ALL
SELECT p.position_key, p.cell, g.corner, CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
FROM placed p
JOIN {grid} g ON g.cell = p.cell
WHERE g.turn IS NULL
