-- The path of every leg as a line in well-known binary (big-endian): longitude and latitude of each fix.
WITH ends AS (
  SELECT v, leg, ts, lat, lon FROM trace_path
  UNION ALL
  SELECT v, leg, to_s, to_lat, to_lon FROM trace_traced
)
SELECT v, leg,
       unhex('0000000002' || printf('%08x', count(*))
             || string_agg(hex(CAST(CAST(lon / 1e6 AS BIT) AS BLOB)) || hex(CAST(CAST(lat / 1e6 AS BIT) AS BLOB)), ''
                           ORDER BY ts)) AS geometry
FROM ends
GROUP BY v, leg
