-- Every row of a batch that was dropped, or read otherwise than it stands.
SELECT d.source_row, x.vehicle, d.ts_s, w_lat(d.spot) AS lat_e6, w_lon(d.spot) AS lon_e6, d.reason, d.used
FROM (SELECT source_row, v, ts_s, spot, reason, FALSE AS used FROM trace_copies
      UNION ALL
      SELECT source_row, v, ts_s, spot, reason, FALSE FROM trace_lost
      UNION ALL
      SELECT source_row, v, ts_s, spot, reason, used FROM trace_clocks) d
JOIN fixes_vehicles x ON x.v = d.v
