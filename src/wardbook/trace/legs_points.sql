-- The fixes on the path of every leg.
SELECT x.vehicle, p.leg, p.ts, p.lat, p.lon
FROM (SELECT v, leg, ts, lat, lon FROM trace_path
      UNION ALL
      SELECT v, leg, to_s, to_lat, to_lon FROM trace_traced) p
JOIN fixes_vehicles x ON x.v = p.v
