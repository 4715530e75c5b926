-- The edges of islands that lie in a stay, each with the island of which it is a part (NULL where moves may lie
-- within the island). Every set of fixes in a row that spans at least {stay_s} s and fits the box lies in the
-- windows from a fix to the first at least {stay_s} s later, and from a fix back to the last at least {stay_s} s
-- earlier; both are tested from every fix.
WITH mixed AS (
  SELECT s.*
  FROM trace_still s
  JOIN trace_islands i ON i.v = s.v AND i.island = s.island
  WHERE NOT i.whole
),
framed AS (
  SELECT v, island, rn, ts, ts2,
         max(ts2) OVER f AS end_s, min(ts) OVER b AS begin_s,
         w_hop(least(lat, min(lat2) OVER f), least(lon, min(lon2) OVER f),
               greatest(lat, max(lat2) OVER f), greatest(lon, max(lon2) OVER f)) <= {stay_m} AS fits_on,
         w_hop(least(lat2, min(lat) OVER b), least(lon2, min(lon) OVER b),
               greatest(lat2, max(lat) OVER b), greatest(lon2, max(lon) OVER b)) <= {stay_m} AS fits_back
  FROM mixed
  WINDOW f AS (PARTITION BY v, island ORDER BY ts RANGE BETWEEN CURRENT ROW AND {stay_s} - 1 FOLLOWING),
         b AS (PARTITION BY v, island ORDER BY ts2 RANGE BETWEEN {stay_s} - 1 PRECEDING AND CURRENT ROW)
),
stays AS (
  SELECT v, island, rn, ts, ts2,
         CASE WHEN fits_on AND end_s - ts >= {stay_s} THEN ts END AS stays_from_s,
         CASE WHEN fits_back AND ts2 - begin_s >= {stay_s} THEN ts2 END AS stays_to_s
  FROM framed
),
covered AS (
  SELECT v, rn,
         max(stays_from_s) OVER (PARTITION BY v, island ORDER BY ts
                                 RANGE BETWEEN {stay_s} - 1 PRECEDING AND CURRENT ROW) AS begun,
         min(stays_to_s) OVER (PARTITION BY v, island ORDER BY ts2
                               RANGE BETWEEN CURRENT ROW AND {stay_s} - 1 FOLLOWING) AS ending
  FROM stays
)
SELECT v, rn, CAST(NULL AS INTEGER) AS island FROM covered WHERE begun IS NOT NULL OR ending IS NOT NULL
UNION ALL
SELECT s.v, s.rn, s.island FROM trace_still s JOIN trace_islands i ON i.v = s.v AND i.island = s.island WHERE i.whole
