-- What changed from one version to the next, in words, both versions of a row beside each other. Back-dated is an added row
-- of a day that the earlier version covers.
WITH covered AS (
  SELECT r.exhibit, max(d.day) AS last_day FROM source_rows r JOIN production_days d ON d.record_id = r.record_id GROUP BY r.exhibit
),
told AS (
  SELECT a.*, v.earlier_at, v.later_at, v.notice_at, v.notice_to, c.last_day,
         a.what = 'added' AND coalesce(a.day <= c.last_day, FALSE) AS is_back_dated,
         CASE a.what WHEN 'altered' THEN 'line ' || a.old_line || ' "' || a.old_text || '" is now "' || a.new_text || '"'
                     WHEN 'removed' THEN 'line ' || a.old_line || ' "' || a.old_text || '" is gone'
                     ELSE 'line ' || a.new_line || ' "' || a.new_text || '" was not there' END AS words
  FROM production_altered a
  JOIN production_versions v ON v.path = a.path AND v.earlier = a.earlier AND v.later = a.later
  LEFT JOIN covered c ON c.exhibit = a.earlier
)
SELECT path, earlier, later, w_moment(earlier_at) AS earlier_at, w_moment(later_at) AS later_at, w_moment(notice_at) AS notice_at, notice_to,
       count(*) FILTER (what = 'altered') AS altered, count(*) FILTER (what = 'removed') AS removed,
       count(*) FILTER (what = 'added') AS added, count(*) FILTER (is_back_dated) AS back_dated, max(last_day) AS last_day,
       list(words ORDER BY coalesce(old_line, new_line), words) AS told,
       list(words ORDER BY coalesce(old_line, new_line), words) FILTER (is_back_dated) AS told_back_dated,
       list_sort([i FOR i IN list_distinct(list_concat(list(old_id), list(new_id))) IF i IS NOT NULL]) AS evidence,
       list_sort(list(new_id) FILTER (is_back_dated)) AS evidence_back_dated
FROM told
GROUP BY path, earlier, later, w_moment(earlier_at), w_moment(later_at), w_moment(notice_at), notice_to
