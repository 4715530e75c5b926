-- Sources whose rows are numbered throughout and lack some numbers: at least {least} rows, nine in ten of the numbers there.
WITH numbered AS (
  SELECT DISTINCT r.exhibit, k.source_table, CAST(k.source_key AS BIGINT) AS number
  FROM production_keys k
  JOIN source_rows r ON r.record_id = k.record_id
  WHERE regexp_full_match(k.source_key, '[1-9][0-9]{0,14}')
),
spans AS (
  SELECT exhibit, source_table, min(number) AS first, max(number) AS last, count(*) AS found FROM numbered GROUP BY exhibit, source_table
),
gaps AS (
  SELECT exhibit, source_table, number, lead(number) OVER (PARTITION BY exhibit, source_table ORDER BY number) AS next FROM numbered
)
SELECT s.exhibit, s.source_table, min(o.path) AS path, s.first, s.last, s.found, s.last - s.first + 1 - s.found AS missing,
       list(CASE WHEN g.next = g.number + 2 THEN CAST(g.number + 1 AS VARCHAR) ELSE (g.number + 1) || ' to ' || (g.next - 1) END
            ORDER BY g.number) AS told
FROM spans s
JOIN gaps g ON g.exhibit = s.exhibit AND g.source_table = s.source_table AND g.next > g.number + 1
JOIN (SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit) o ON o.exhibit = s.exhibit
WHERE s.found >= {least} AND s.found * 10 >= (s.last - s.first + 1) * 9
GROUP BY s.exhibit, s.source_table, s.first, s.last, s.found
