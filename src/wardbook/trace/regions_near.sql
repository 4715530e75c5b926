-- The pieces of lines that pass through a cell or within the tolerance of it, relative to its south-west corner.
-- ux, uy: the piece from A to B in metres; kx: metres in a millionth of a degree of longitude at the cell.
WITH reach AS (
  SELECT *, {tolerance} / {metres} AS ty, {tolerance} / {metres}
         / greatest(0.01, cos(radians(least(89.5, (greatest(abs(y1 - 90000000), abs(y2 - 90000000)) + 60000) / 1e6)))) AS tx
  FROM {lines}
  WHERE NOT seam
),
rows_met AS (
  SELECT *, unnest(range(greatest(0, CAST(floor((least(y1, y2) - ty) / 50000) AS BIGINT)),
                         CAST(floor((greatest(y1, y2) + ty) / 50000) AS BIGINT) + 1)) AS cell_row
  FROM reach
),
parts AS (
  SELECT *, CASE WHEN y2 = y1 THEN 0 ELSE (cell_row * 50000 - ty - 1 - y1) / (y2 - y1) END AS low,
         CASE WHEN y2 = y1 THEN 1 ELSE (cell_row * 50000 + 50001 + ty - y1) / (y2 - y1) END AS high
  FROM rows_met
  SEMI JOIN {cells} USING (cell_row)
),
spans AS (
  SELECT *, x1 + (x2 - x1) * greatest(0, least(1, least(low, high))) AS west_x,
         x1 + (x2 - x1) * greatest(0, least(1, greatest(low, high))) AS east_x
  FROM parts
),
met AS (
  SELECT *, cell_row * 7200 + unnest(range(
           greatest(0, CAST(floor((least(west_x, east_x) - tx - 1) / 50000) AS BIGINT)),
           least(7200, CAST(floor((greatest(west_x, east_x) + tx + 1) / 50000) AS BIGINT) + 1))) AS cell
  FROM spans
),
relative AS (
  SELECT m.cell, x1 - cell_column * 50000 AS x1, y1 - m.cell_row * 50000 AS y1, x2 - cell_column * 50000 AS x2,
         y2 - m.cell_row * 50000 AS y2, left_code, right_code, of_regions,
         {metres} * cos(radians((m.cell_row * 50000 + 25000 - 90000000) / 1e6)) AS kx
  FROM met m
  JOIN {cells} c ON c.cell = m.cell
)
SELECT cell, x1, y1, x2, y2, x1 * y2 - y1 * x2 AS turn, left_code, right_code, left_code - right_code AS step,
       of_regions, kx, (x2 - x1) * kx AS ux, (y2 - y1) * {metres} AS uy,
       (x2 - x1) * kx * (x2 - x1) * kx + (y2 - y1) * {metres} * (y2 - y1) * {metres} AS uu
FROM relative
