-- The fix of every cell, where no cell has more than one.
SELECT v, cell * {thin_s} + (first_key >> 57) AS ts, 1 AS fixes,
       CAST(((first_key >> 29) & 268435455) - 90000000 AS INTEGER) AS lat,
       CAST((first_key & 536870911) - 180000000 AS INTEGER) AS lon
FROM trace_cells
