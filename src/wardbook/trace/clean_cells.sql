-- One row a vehicle and cell of {thin_s} seconds: which seconds have a fix, the first and the last of them.
-- A key is the second within the cell, then the position, so that of several copies of one second the
-- smallest position is taken, in whatever order the rows came.
SELECT v, ts_s // {thin_s} AS cell,
       bit_or(CAST(1 AS BIGINT) << (ts_s % {thin_s})) AS seconds,
       count(*) AS copies,
       min(((ts_s % {thin_s}) << 57) | spot) AS first_key,
       min((({thin_s} - 1 - ts_s % {thin_s}) << 57) | spot) AS last_key
FROM trace_good
GROUP BY v, ts_s // {thin_s}
