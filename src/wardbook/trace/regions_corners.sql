-- The shape at the south-west corner of each cell: from 180 degrees west along the row, the steps across lines.
-- A line from A to B going north has its left shape in the west. No line passes exactly through a corner.
WITH straddled AS (
  SELECT *, unnest(range((least(y1, y2) + 49999) // 50000, (greatest(y1, y2) + 49999) // 50000)) AS cell_row
  FROM {lines}
),
steps AS (
  SELECT cell_row,
         CASE WHEN seam THEN -1
              ELSE (x1 * (y2 - y1) + (cell_row * 50000 - y1) * (x2 - x1)) // (y2 - y1) END AS x,
         CASE WHEN y1 < y2 THEN right_code - left_code ELSE left_code - right_code END AS step,
         CAST(NULL AS BIGINT) AS cell
  FROM straddled
  SEMI JOIN {cells} USING (cell_row)
  UNION ALL
  SELECT cell_row, cell_column * 50000, 0, cell
  FROM {cells}
),
walked AS (
  SELECT cell, CAST(sum(step) OVER (PARTITION BY cell_row ORDER BY x, cell NULLS LAST
                                    ROWS UNBOUNDED PRECEDING) AS BIGINT) AS corner
  FROM steps
)
SELECT cell, corner FROM walked WHERE cell IS NOT NULL
