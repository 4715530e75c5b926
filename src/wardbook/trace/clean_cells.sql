-- One row a vehicle and cell of {thin_s} seconds: which seconds have a fix, the first and the last of them.
-- A key is the second within the cell, then the position, so that of several copies of one second the
-- smallest position is taken, in whatever order the rows came.
WITH placed AS (SELECT v, ts_s, ts_s // {thin_s} AS cell, spot FROM trace_good),
within AS (SELECT v, cell, ts_s - cell * {thin_s} AS second, spot FROM placed)
SELECT v, cell,
       bit_or(CAST(1 AS BIGINT) << second) AS seconds,
       count(*) AS copies,
       min((second << 57) | spot) AS first_key,
       min((({thin_s} - 1 - second) << 57) | spot) AS last_key
FROM within
GROUP BY v, cell
