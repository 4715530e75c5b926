-- The pieces of lines near each cell with the shapes on their sides as a bit each, and its corner's shape.
-- A cell without lines near has one row, without a piece: all of it has the shape of the corner.
SELECT k.cell, k.corner, n.x1, n.y1, n.x2, n.y2, n.turn, n.step, n.of_regions, n.kx, n.ux, n.uy, n.uu,
       CAST((CAST(1 AS BIGINT) << l.bit) | (CAST(1 AS BIGINT) << r.bit) AS BIGINT) AS touches
FROM {corners} k
LEFT JOIN {near} n ON n.cell = k.cell
LEFT JOIN {bits} l ON l.cell = n.cell AND l.code = n.left_code
LEFT JOIN {bits} r ON r.cell = n.cell AND r.code = n.right_code
