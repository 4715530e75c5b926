-- The islands that are long enough for a stay, and whether the whole of one is a stay.
SELECT v, island,
       w_hop(least(min(lat), min(lat2)), least(min(lon), min(lon2)),
             greatest(max(lat), max(lat2)), greatest(max(lon), max(lon2))) <= {stay_m} AS whole
FROM trace_still
GROUP BY v, island
HAVING max(ts2) - min(ts) >= {stay_s}
