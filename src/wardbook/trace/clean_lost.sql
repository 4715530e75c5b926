-- The fixes of marked cells; of a teleport's only those near where it was.
SELECT g.source_row, g.v, g.ts_s, g.spot, m.reason
FROM trace_good g
JOIN trace_marked m ON m.v = g.v AND m.cell = g.ts_s // {thin_s}
WHERE m.reason NOT LIKE 'teleport%' OR w_hop(m.lat, m.lon, w_lat(g.spot), w_lon(g.spot)) <= {jump_m}
