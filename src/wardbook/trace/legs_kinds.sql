-- Every edge as stop (0), move (1) or unobserved move (2: a long silence, or a hop nothing drives). ``part``
-- differs between stops that a leg may part; of moves it is still to be found. (From 1980 to 2100 a
-- vehicle has at most 505 million edges, so that three times their number is an INTEGER.)
SELECT e.*,
       CASE WHEN c.whole OR s.rn IS NOT NULL OR (e.dt >= {stay_s} AND e.hop <= {quiet_m}) THEN 0
            WHEN e.dt > {gap_s} OR w_impossible(e.dt, e.hop) THEN 2 ELSE 1 END AS kind,
       CASE WHEN c.whole THEN 3 * CAST(c.row AS INTEGER) WHEN s.island IS NOT NULL THEN 3 * s.island + 1
            ELSE 3 * e.rn + 2 END AS part
FROM trace_edges e
LEFT JOIN trace_chunks c ON c.v = e.v AND c.chunk = e.ts // {chunk_s} AND c.whole
LEFT JOIN trace_stays s ON s.v = e.v AND s.rn = e.rn
