-- The cells of 0.005 degree that the box of each place touches. A box that passes 180 degrees goes on behind.
WITH rows_met AS (
  SELECT place_id, west, east, unnest(range(south // 5000, north // 5000 + 1)) AS cell_row
  FROM {areas}
),
columns_met AS (
  SELECT place_id, cell_row,
         unnest(range((west + 360000000) // 5000, (east + 360000000) // 5000 + 1)) AS cell_column
  FROM rows_met
)
SELECT DISTINCT place_id, cell_row * 72000 + cell_column % 72000 AS cell
FROM columns_met
