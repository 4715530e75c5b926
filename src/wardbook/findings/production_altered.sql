-- Each row that only one version has, as altered (with its other version: the same number of the source, or the most alike,
-- each of the other), removed, or added.
WITH near AS (
  SELECT a.path, a.earlier, a.later, a.record_id AS old_id, b.record_id AS new_id, a.raw_text AS old_text, b.raw_text AS new_text,
         a.line AS old_line, b.line AS new_line, b.day,
         CASE WHEN a.source_key IS NOT NULL AND a.source_key = b.source_key THEN 2.0
              ELSE jaro_winkler_similarity(coalesce(a.raw_text, ''), coalesce(b.raw_text, '')) END AS alike
  FROM production_rows a
  JOIN production_rows b ON b.path = a.path AND b.earlier = a.earlier AND b.later = a.later AND b.is_new
  WHERE NOT a.is_new
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY path, earlier, later, old_id ORDER BY alike DESC, abs(old_line - new_line), new_id) AS by_old,
         row_number() OVER (PARTITION BY path, earlier, later, new_id ORDER BY alike DESC, abs(old_line - new_line), old_id) AS by_new
  FROM near
  WHERE alike >= {least}
),
altered AS (
  SELECT * FROM ranked WHERE by_old = 1 AND by_new = 1
)
SELECT path, earlier, later, 'altered' AS what, old_id, new_id, old_text, new_text, old_line, new_line, day FROM altered
UNION ALL
SELECT r.path, r.earlier, r.later, 'removed', r.record_id, NULL, r.raw_text, NULL, r.line, NULL, r.day
FROM production_rows r
LEFT JOIN altered a ON a.path = r.path AND a.earlier = r.earlier AND a.later = r.later AND a.old_id = r.record_id
WHERE NOT r.is_new AND a.path IS NULL
UNION ALL
SELECT r.path, r.earlier, r.later, 'added', NULL, r.record_id, NULL, r.raw_text, NULL, r.line, r.day
FROM production_rows r
LEFT JOIN altered a ON a.path = r.path AND a.earlier = r.earlier AND a.later = r.later AND a.new_id = r.record_id
WHERE r.is_new AND a.path IS NULL
