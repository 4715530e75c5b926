-- Each position with each place whose area holds it, and the metres between them.
-- A circle: to its point. An outline: 0 inside (a line east from the position crosses an odd number of sides),
-- else to the nearest side.
WITH met AS (
  SELECT p.position_key, a.place_id, a.name, a.kind, a.radius_m, a.sides, p.y,
         (p.x - a.x + 540000000) % 360000000 - 180000000 AS dx, p.y - a.y AS dy,
         a.x, a.kx_e9 / 1e9 * {metres} AS kx
  FROM (
    SELECT position_key, x, y, y // 5000 * 72000 + x // 5000 AS cell FROM ({placed})
  ) p
  JOIN {cells} c ON c.cell = p.cell
  JOIN {areas} a ON a.place_id = c.place_id
),
against_sides AS (
  SELECT m.position_key, m.place_id, m.name, m.kind, m.radius_m,
         (s.y1 > m.y) <> (s.y2 > m.y)
           AND ((s.x2 - s.x1) * (m.y - s.y1) - (s.y2 - s.y1) * (m.x + m.dx - s.x1) > 0) = (s.y2 > s.y1) AS crosses,
         (s.x2 - s.x1) * m.kx AS ux, (s.y2 - s.y1) * {metres} AS uy,
         (m.x + m.dx - s.x1) * m.kx AS wx, (m.y - s.y1) * {metres} AS wy
  FROM met m
  JOIN {sides} s ON s.place_id = m.place_id
  WHERE m.sides > 0
),
parts AS (
  SELECT *, greatest(0e0, least(1e0, (wx * ux + wy * uy) / (ux * ux + uy * uy))) AS part FROM against_sides
),
outlines AS (
  SELECT position_key, place_id, name, kind, radius_m,
         CASE WHEN sum(CASE WHEN crosses THEN 1 ELSE 0 END) % 2 = 1 THEN 0
              ELSE CAST(floor(sqrt(min((wx - part * ux) * (wx - part * ux) + (wy - part * uy) * (wy - part * uy)))
                              + 5e-1) AS BIGINT) END AS metres
  FROM parts
  GROUP BY position_key, place_id, name, kind, radius_m
),
circles AS (
  SELECT position_key, place_id, name, kind, radius_m,
         CAST(floor(sqrt(dx * kx * (dx * kx) + dy * {metres} * (dy * {metres})) + 5e-1) AS BIGINT) AS metres
  FROM met
  WHERE sides = 0
)
SELECT *, FALSE AS outlined FROM circles WHERE metres <= radius_m
UNION ALL
SELECT *, TRUE FROM outlines WHERE metres <= radius_m
