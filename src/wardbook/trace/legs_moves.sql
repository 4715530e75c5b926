-- The moves and unobserved moves; ``part`` is the same within a run of moves.
SELECT * REPLACE (rn - CAST(row_number() OVER (PARTITION BY v ORDER BY rn) AS INTEGER) AS part) FROM trace_kinds WHERE kind = 1
UNION ALL
SELECT * FROM trace_kinds WHERE kind = 2
