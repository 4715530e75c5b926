-- The first fix of every cell, and the last one where none of the next four cells has a fix.
WITH along AS (
  SELECT v, cell * {thin_s} AS cell_s, bit_count(seconds) AS fixes, first_key, last_key,
         coalesce(lead(cell) OVER (PARTITION BY v ORDER BY cell) - cell > 4, TRUE) AND bit_count(seconds) > 1 AS two
  FROM trace_cells
),
spots AS (
  SELECT v, cell_s + (first_key >> 57) AS ts, w_spot_of(first_key) AS spot, fixes - CAST(two AS INTEGER) AS fixes FROM along
  UNION ALL
  SELECT v, cell_s + {thin_s} - 1 - (last_key >> 57), w_spot_of(last_key), 1 FROM along WHERE two
)
SELECT v, ts, CAST(fixes AS INTEGER) AS fixes, spot FROM spots
