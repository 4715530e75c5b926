-- What is stated of the purpose of each use, in lower case: the purpose, then the later justification.
WITH justified AS (
  SELECT r.use_id, arg_min(trim(e.justification), r.source_rank) FILTER (trim(e.justification) <> '') AS justification
  FROM use_records r
  JOIN log_entries e USING (record_id)
  WHERE e.justification IS NOT NULL
  GROUP BY r.use_id
)
SELECT u.use_id, nullif(lower(concat_ws('; ', u.stated_purpose, j.justification)), '') AS text
FROM uses u
LEFT JOIN justified j USING (use_id)
