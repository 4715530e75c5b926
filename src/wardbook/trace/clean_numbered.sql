-- The tracks of vehicles with impossible hops, and the number of the piece in which each fix lies when they are cut
-- there.
WITH placed AS (
  SELECT n.v, n.ts, w_lat(n.spot) AS lat, w_lon(n.spot) AS lon
  FROM trace_thinned n
  SEMI JOIN trace_suspects s ON s.v = n.v
),
steps AS (
  SELECT n.v, n.ts, n.lat, n.lon,
         coalesce(w_impossible(ts - lag(ts) OVER w, w_hop(lag(lat) OVER w, lag(lon) OVER w, lat, lon)), FALSE) AS cut
  FROM placed n
  WINDOW w AS (PARTITION BY n.v ORDER BY n.ts)
)
SELECT v, ts, lat, lon,
       CAST(sum(CAST(cut AS INTEGER)) OVER (PARTITION BY v ORDER BY ts ROWS UNBOUNDED PRECEDING) AS BIGINT) AS piece
FROM steps
