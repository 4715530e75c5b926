-- The pieces of tracks that were cut at impossible hops. A short piece that the long pieces beside it cannot reach,
-- while they can reach each other, is dropped.
WITH pieces AS (
  SELECT v, piece, count(*) AS fixes, min(ts) AS from_s, max(ts) AS to_s,
         arg_min(lat, ts) AS from_lat, arg_min(lon, ts) AS from_lon,
         arg_max(lat, ts) AS to_lat, arg_max(lon, ts) AS to_lon
  FROM trace_numbered
  GROUP BY v, piece
),
sized AS (
  SELECT *, fixes > 8 OR row_number() OVER (PARTITION BY v ORDER BY fixes DESC, from_s) = 1 AS long
  FROM pieces
),
sided AS (
  SELECT *,
         last_value(CASE WHEN long THEN to_s END IGNORE NULLS) OVER before AS a_s,
         last_value(CASE WHEN long THEN to_lat END IGNORE NULLS) OVER before AS a_lat,
         last_value(CASE WHEN long THEN to_lon END IGNORE NULLS) OVER before AS a_lon,
         first_value(CASE WHEN long THEN from_s END IGNORE NULLS) OVER after AS b_s,
         first_value(CASE WHEN long THEN from_lat END IGNORE NULLS) OVER after AS b_lat,
         first_value(CASE WHEN long THEN from_lon END IGNORE NULLS) OVER after AS b_lon
  FROM sized
  WINDOW before AS (PARTITION BY v ORDER BY piece ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
         after AS (PARTITION BY v ORDER BY piece ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
)
SELECT v, piece,
       NOT long
       AND NOT coalesce(w_impossible(b_s - a_s, w_hop(a_lat, a_lon, b_lat, b_lon)), FALSE)
       AND (fixes <= 3 OR (a_s IS NOT NULL AND b_s IS NOT NULL))
       AND (coalesce(w_impossible(from_s - a_s, w_hop(a_lat, a_lon, from_lat, from_lon)), FALSE)
            OR coalesce(w_impossible(b_s - to_s, w_hop(to_lat, to_lon, b_lat, b_lon)), FALSE)) AS dropped
FROM sided
