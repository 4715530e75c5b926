-- The fixes of a batch as they are, where no cell has more than one.
SELECT v, ts_s AS ts, 1 AS fixes, spot FROM trace_good
