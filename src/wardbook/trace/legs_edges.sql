-- One row a fix and the next one of its vehicle: seconds and metres between them. What is sorted has a position as
-- one number, and is narrow.
WITH along AS (
  SELECT v, fixes, ts, spot, lead(ts) OVER w AS ts2, lead(spot) OVER w AS spot2,
         CAST(row_number() OVER w AS INTEGER) AS rn
  FROM {nodes}
  WINDOW w AS (PARTITION BY v ORDER BY ts)
),
placed AS (
  SELECT v, rn, fixes, ts, w_lat(spot) AS lat, w_lon(spot) AS lon, ts2, w_lat(spot2) AS lat2, w_lon(spot2) AS lon2
  FROM along
  WHERE ts2 IS NOT NULL
)
SELECT v, rn, fixes, ts, lat, lon, ts2, lat2, lon2, CAST(ts2 - ts AS INTEGER) AS dt,
       CAST(w_hop(lat, lon, lat2, lon2) AS INTEGER) AS hop
FROM placed
