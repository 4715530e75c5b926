-- Every log entry and the use it belongs to. The id holds vehicle and day and six digits of a hash of what
-- does not change when a further source arrives: the places of the route, the hours, and which of several
-- alike uses of the day it is. Without vehicle or day nothing is compared, so the task and purpose count too.
WITH grouped AS (
  SELECT g.root, min(k.vehicle_key) AS vehicle_key, min(k.day) AS day, max(k.day) AS last_day, min(k.route_key) AS route_key,
         min(k.hours) AS hours,
         CASE WHEN min(k.vehicle_key) IS NULL OR min(k.day) IS NULL
              THEN concat_ws('|', min(k.task), min(k.agency_key), min(k.purpose_key)) ELSE '' END AS more
  FROM entry_groups g
  JOIN entry_keys k USING (record_id)
  GROUP BY g.root
),
by_first AS (
  -- Where a person joined entries of two days, the id bears the day that the use has: that of its first source.
  SELECT g.root, arg_min(e.day, struct_pack(bare := e.invoiced IS NULL, id := e.record_id)) FILTER (e.day IS NOT NULL) AS day
  FROM entry_groups g
  SEMI JOIN (SELECT root FROM grouped WHERE day <> last_day) m ON m.root = g.root
  JOIN log_entries e ON e.record_id = g.record_id
  GROUP BY g.root
),
dated AS (
  SELECT g.* REPLACE (coalesce(f.day, g.day) AS day) FROM grouped g LEFT JOIN by_first f USING (root)
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY vehicle_key, day, route_key, hours, more ORDER BY root) AS ordinal
  FROM dated
),
hashed AS (
  SELECT root,
         coalesce(vehicle_key, 'none') || '-' || coalesce(strftime(day, '%Y-%m-%d'), 'undated') AS stem,
         md5(concat_ws('~', coalesce(route_key, ''), coalesce(CAST(hours AS VARCHAR), ''), more, ordinal)) AS digest
  FROM numbered
),
named AS (
  SELECT root, stem || '-' || left(digest, 6) AS short_id,
         row_number() OVER (PARTITION BY stem, left(digest, 6) ORDER BY digest) AS clash
  FROM hashed
)
SELECT CASE WHEN n.clash = 1 THEN n.short_id ELSE n.short_id || '-' || n.clash END AS use_id,
       g.record_id,
       row_number() OVER (PARTITION BY g.root ORDER BY e.invoiced IS NULL, g.record_id) AS source_rank
FROM entry_groups g
JOIN named n USING (root)
JOIN log_entries e ON e.record_id = g.record_id
