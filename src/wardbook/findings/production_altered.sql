-- Each row that only one version has, as altered (with its other version: the same number of the source or the same instant of
-- the vehicle, or the most alike, each of the other, among rows of the same day or near each other in the file), removed, or added.
WITH pairs AS (
  SELECT a.path, a.earlier, a.later, a.record_id AS old_id, b.record_id AS new_id, 2.0 AS alike
  FROM production_rows a
  JOIN production_rows b ON b.path = a.path AND b.earlier = a.earlier AND b.later = a.later AND b.source_key = a.source_key
  WHERE NOT a.is_new AND b.is_new
  UNION ALL
  SELECT a.path, a.earlier, a.later, a.record_id, b.record_id,
         jaro_winkler_similarity(coalesce(a.raw_text, ''), coalesce(b.raw_text, ''))
  FROM production_rows a
  JOIN production_rows b ON b.path = a.path AND b.earlier = a.earlier AND b.later = a.later AND b.day = a.day
  WHERE NOT a.is_new AND b.is_new AND NOT a.is_fix AND NOT b.is_fix AND a.source_key IS DISTINCT FROM b.source_key
  UNION ALL
  SELECT a.path, a.earlier, a.later, a.record_id, b.record_id,
         jaro_winkler_similarity(coalesce(a.raw_text, ''), coalesce(b.raw_text, ''))
  FROM production_rows a
  JOIN production_rows b ON b.path = a.path AND b.earlier = a.earlier AND b.later = a.later
   AND b.line BETWEEN a.line - {apart} AND a.line + {apart}
  WHERE NOT a.is_new AND b.is_new AND NOT a.is_fix AND NOT b.is_fix AND a.source_key IS DISTINCT FROM b.source_key
   AND a.day IS DISTINCT FROM b.day
),
near AS (
  SELECT p.*, a.raw_text AS old_text, b.raw_text AS new_text, a.line AS old_line, b.line AS new_line, b.day, b.instant
  FROM pairs p
  JOIN production_rows a ON a.path = p.path AND a.earlier = p.earlier AND a.later = p.later AND a.record_id = p.old_id AND NOT a.is_new
  JOIN production_rows b ON b.path = p.path AND b.earlier = p.earlier AND b.later = p.later AND b.record_id = p.new_id AND b.is_new
  WHERE p.alike >= {least}
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY path, earlier, later, old_id ORDER BY alike DESC, abs(old_line - new_line), new_id) AS by_old,
         row_number() OVER (PARTITION BY path, earlier, later, new_id ORDER BY alike DESC, abs(old_line - new_line), old_id) AS by_new
  FROM near
),
altered AS (
  SELECT * FROM ranked WHERE by_old = 1 AND by_new = 1
)
SELECT path, earlier, later, 'altered' AS what, old_id, new_id, old_text, new_text, old_line, new_line, day, instant FROM altered
UNION ALL
SELECT r.path, r.earlier, r.later, 'removed', r.record_id, NULL, r.raw_text, NULL, r.line, NULL, r.day, r.instant
FROM production_rows r
LEFT JOIN altered a ON a.path = r.path AND a.earlier = r.earlier AND a.later = r.later AND a.old_id = r.record_id
WHERE NOT r.is_new AND a.path IS NULL
UNION ALL
SELECT r.path, r.earlier, r.later, 'added', NULL, r.record_id, NULL, r.raw_text, NULL, r.line, r.day, r.instant
FROM production_rows r
LEFT JOIN altered a ON a.path = r.path AND a.earlier = r.earlier AND a.later = r.later AND a.new_id = r.record_id
WHERE r.is_new AND a.path IS NULL
