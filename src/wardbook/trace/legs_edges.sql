-- One row a fix and the next one of its vehicle: seconds and metres between them.
WITH along AS (
  SELECT v, fixes, ts, lat, lon,
         lead(ts) OVER w AS ts2, lead(lat) OVER w AS lat2, lead(lon) OVER w AS lon2,
         CAST(row_number() OVER w AS INTEGER) AS rn
  FROM {nodes}
  WINDOW w AS (PARTITION BY v ORDER BY ts)
)
SELECT v, rn, fixes, ts, lat, lon, ts2, lat2, lon2, CAST(ts2 - ts AS INTEGER) AS dt,
       CAST(w_hop(lat, lon, lat2, lon2) AS INTEGER) AS hop
FROM along
WHERE ts2 IS NOT NULL
