-- The stops of each use, from the first of its sources that has a route, with where they lie.
WITH first_routed AS (
  SELECT r.use_id, arg_min(r.record_id, r.source_rank) AS entry_id
  FROM use_records r
  SEMI JOIN stops s ON s.entry_id = r.record_id
  GROUP BY r.use_id
)
SELECT f.use_id, s.entry_id, s.place_text, s.place_key, s.is_local,
       row_number() OVER along AS position, count(*) OVER (PARTITION BY f.use_id) AS stops_of_use,
       p.lat_e6, p.lon_e6, p.inside, p.kind, p.register_id
FROM first_routed f
JOIN stops s ON s.entry_id = f.entry_id
LEFT JOIN resolved_places p ON p.place_key = s.place_key AND p.qualifier IS NOT DISTINCT FROM s.qualifier
WINDOW along AS (PARTITION BY f.use_id ORDER BY s.position, s.record_id)
