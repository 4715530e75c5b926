-- What persons have judged of a person's being aboard a use: the latest judgement on the two. The use is named by its id
-- or by one of its log entries, the person as a record writes the name.
WITH judged AS (
  SELECT r.use_id, coalesce(p.person_key, lower(trim(j.right_key))) AS person_key, j.verdict, j.judged_at,
         coalesce(j.by_whom, 'a person') || coalesce(' on ' || CAST(CAST(j.judged_at AS DATE) AS VARCHAR), '') || ': ' || coalesce(j.why, '') AS said
  FROM judgements j
  JOIN use_records r ON j.left_key IN (r.use_id, r.record_id)
  LEFT JOIN name_keys k ON k.written = j.right_key
  LEFT JOIN persons p ON p.name_key = k.name_key
  WHERE j.kind = 'aboard' AND j.right_key IS NOT NULL
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY use_id, person_key ORDER BY judged_at DESC, verdict, said) AS place
  FROM judged
)
SELECT use_id, person_key, verdict,
       'judged: ' || person_key || CASE WHEN verdict = 'same' THEN ' was aboard' ELSE ' was not aboard' END || ' (' || said || ')' AS words
FROM ranked
WHERE place = 1
