-- The rows that only one of two versions has: a row that stands twice counts twice.
WITH sides AS (
  SELECT v.path, v.earlier, v.later, FALSE AS is_new, r.record_id, r.line, r.page, r.raw_text
  FROM production_versions v
  JOIN source_rows r ON r.exhibit = v.earlier
  UNION ALL
  SELECT v.path, v.earlier, v.later, TRUE, r.record_id, r.line, r.page, r.raw_text
  FROM production_versions v
  JOIN source_rows r ON r.exhibit = v.later
),
written AS (
  SELECT s.* EXCLUDE (raw_text), f.record_id IS NOT NULL AS is_fix, f.instant, f.source_key AS fix_key, f.day AS fix_day,
         s.raw_text || coalesce(f.with_instant, '') AS raw_text
  FROM sides s
  LEFT JOIN production_fixes f ON f.record_id = s.record_id
),
counted AS (
  SELECT *, row_number() OVER (PARTITION BY path, earlier, later, is_new, raw_text ORDER BY page, line, record_id) AS nth FROM written
)
SELECT c.path, c.earlier, c.later, c.is_new, c.record_id, c.page, c.line, c.raw_text, c.is_fix, c.instant,
       coalesce(k.source_key, c.fix_key) AS source_key, coalesce(d.day, c.fix_day) AS day
FROM counted c
LEFT JOIN counted o ON o.path = c.path AND o.earlier = c.earlier AND o.later = c.later AND o.is_new <> c.is_new
 AND o.raw_text IS NOT DISTINCT FROM c.raw_text AND o.nth = c.nth
LEFT JOIN production_keys k ON k.record_id = c.record_id
LEFT JOIN production_days d ON d.record_id = c.record_id
WHERE o.path IS NULL
