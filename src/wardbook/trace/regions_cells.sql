-- The cells in which positions lie.
SELECT DISTINCT y // 50000 AS cell_row, x // 50000 AS cell_column, y // 50000 * 7200 + x // 50000 AS cell
FROM ({placed})
