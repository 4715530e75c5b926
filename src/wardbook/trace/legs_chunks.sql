-- The edges that begin in {chunk_s} seconds of a vehicle: whole, when they are themselves a stay, so that all of
-- them are stops; open, when they, or those before or after them, are not. ``row`` is the same for whole ones in
-- a row.
WITH boxes AS (
  SELECT v, ts // {chunk_s} AS chunk,
         max(ts2) - min(ts) >= {stay_s}
         AND w_hop(least(min(lat), min(lat2)), least(min(lon), min(lon2)),
                   greatest(max(lat), max(lat2)), greatest(max(lon), max(lon2))) <= {stay_m} AS whole
  FROM trace_edges
  GROUP BY v, ts // {chunk_s}
)
SELECT v, chunk, whole,
       NOT (whole AND coalesce(lag(whole) OVER w, TRUE) AND coalesce(lead(whole) OVER w, TRUE)) AS open,
       CAST(sum(CASE WHEN whole THEN 0 ELSE 1 END)
            OVER (PARTITION BY v ORDER BY chunk ROWS UNBOUNDED PRECEDING) AS BIGINT) AS row
FROM boxes
WINDOW w AS (PARTITION BY v ORDER BY chunk)
