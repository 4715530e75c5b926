-- The cells of 0.25 degree that the box around each airport touches.
WITH rows_met AS (
  SELECT place_id, west, east, unnest(range(south // 250000, north // 250000 + 1)) AS cell_row
  FROM {areas}
),
columns_met AS (
  SELECT place_id, cell_row,
         unnest(range((west + 360000000) // 250000, (east + 360000000) // 250000 + 1)) AS cell_column
  FROM rows_met
)
SELECT DISTINCT place_id, cell_row * 1440 + cell_column % 1440 AS cell
FROM columns_met
