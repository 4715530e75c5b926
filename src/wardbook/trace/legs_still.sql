-- The edges of open chunks that stay within {stay_m} m, in islands that no longer edge interrupts: only within
-- one can a stay lie.
SELECT e.v, e.rn, e.ts, e.lat, e.lon, e.ts2, e.lat2, e.lon2,
       e.rn - CAST(row_number() OVER (PARTITION BY e.v ORDER BY e.rn) AS INTEGER) AS island
FROM trace_edges e
JOIN trace_chunks c ON c.v = e.v AND c.chunk = e.ts // {chunk_s}
WHERE c.open AND e.hop <= {stay_m}
