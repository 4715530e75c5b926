-- The fixes of a batch as they are, where no cell has more than one.
SELECT v, ts_s AS ts, 1 AS fixes, w_lat(spot) AS lat, w_lon(spot) AS lon FROM trace_good
