-- The shapes that lines in or near a cell touch, numbered in each cell from 1; 0 stands for no shape.
SELECT cell, code, CASE WHEN code = 0 THEN CAST(0 AS INTEGER)
                        ELSE CAST(row_number() OVER (PARTITION BY cell, code = 0 ORDER BY code) AS INTEGER) END AS bit
FROM (
  SELECT cell, left_code AS code FROM {near}
  UNION
  SELECT cell, right_code FROM {near}
)
