-- What changed from one version to the next, in words, both versions of a row beside each other. An added row is back-dated
-- if it is of a day up to the last day of the earlier version and before the day on which that version came: on that day more could
-- still be written. A position is, if it is of an instant up to the last one of the earlier version. Other added rows with a day are growth.
WITH covered AS (
  SELECT r.exhibit, max(coalesce(d.day, f.day)) AS last_day, max(f.instant) AS last_instant
  FROM source_rows r
  LEFT JOIN production_days d ON d.record_id = r.record_id
  LEFT JOIN production_fixes f ON f.record_id = r.record_id
  GROUP BY r.exhibit
),
placed AS (
  SELECT a.*, v.earlier_at, v.later_at, v.notice_at, v.notice_to, c.last_day,
         a.what = 'added' AND coalesce(
           CASE WHEN a.instant IS NULL THEN a.day <= c.last_day AND a.day < w_day(v.earlier_at) ELSE a.instant <= c.last_instant END, FALSE
         ) AS is_back_dated,
         CASE a.what WHEN 'altered' THEN 'line ' || a.old_line || ' "' || a.old_text || '" is now "' || a.new_text || '"'
                     WHEN 'removed' THEN 'line ' || a.old_line || ' "' || a.old_text || '" is gone'
                     ELSE 'line ' || a.new_line || ' "' || a.new_text || '" was not there' END AS words
  FROM production_altered a
  JOIN production_versions v ON v.path = a.path AND v.earlier = a.earlier AND v.later = a.later
  LEFT JOIN covered c ON c.exhibit = a.earlier
),
told AS (
  SELECT *, what = 'added' AND day IS NOT NULL AND NOT is_back_dated AS is_growth FROM placed
)
SELECT path, earlier, later, w_moment(earlier_at) AS earlier_at, w_moment(later_at) AS later_at, w_moment(notice_at) AS notice_at, notice_to,
       count(*) FILTER (what = 'altered') AS altered, count(*) FILTER (what = 'removed') AS removed,
       count(*) FILTER (what = 'added' AND NOT is_growth) AS added, count(*) FILTER (is_growth) AS grown,
       count(*) FILTER (is_back_dated) AS back_dated, max(last_day) AS last_day,
       list(words ORDER BY coalesce(old_line, new_line), words) FILTER (NOT is_growth) AS told,
       list(words ORDER BY coalesce(old_line, new_line), words) FILTER (is_back_dated) AS told_back_dated,
       list_sort([i FOR i IN list_distinct(list_concat(
         coalesce(list(old_id) FILTER (NOT is_growth), []), coalesce(list(new_id) FILTER (NOT is_growth), []))) IF i IS NOT NULL]) AS evidence,
       list_sort(list(new_id) FILTER (is_back_dated)) AS evidence_back_dated
FROM told
GROUP BY path, earlier, later, w_moment(earlier_at), w_moment(later_at), w_moment(notice_at), notice_to
