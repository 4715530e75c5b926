-- The protectees aboard each use and whether each was assessed as in need of protection, or had declined. Of one whom
-- another record has elsewhere at the time nothing is sure.
-- Designated protectees are those of the register of people; without a register, principals and spouses.
WITH protectees AS (
  SELECT DISTINCT a.use_id, a.day, a.person_key
  FROM aboard a
  JOIN people_known k ON k.person_key = a.person_key AND k.protectee
   AND (k.valid_from IS NULL OR a.day >= k.valid_from) AND (k.valid_to IS NULL OR a.day <= k.valid_to)
  UNION
  SELECT use_id, day, person_key FROM aboard
  WHERE role IN ('principal', 'spouse') AND NOT EXISTS (SELECT 1 FROM people)
),
assessed AS (
  SELECT p.person_key, s.recommends_protection AS asks, s.record_id, s.valid_from, s.valid_to
  FROM assessments s
  JOIN name_keys k ON k.written = s.person
  JOIN persons p ON p.name_key = k.name_key
),
refused AS (
  SELECT p.person_key, d.record_id, d.valid_from, d.valid_to
  FROM declined d
  JOIN name_keys k ON k.written = d.person
  JOIN persons p ON p.name_key = k.name_key
),
each_one AS (
  SELECT t.use_id, t.person_key, bool_or(e.use_id IS NOT NULL) AS doubted,
         bool_or(s.asks) AS asks, bool_or(s.record_id IS NOT NULL AND s.asks IS NULL) AS unclear,
         bool_or(d.record_id IS NOT NULL) AS refused,
         list(s.record_id) FILTER (s.asks) AS assessment_ids, list(d.record_id) AS declined_ids
  FROM protectees t
  LEFT JOIN presence_doubted e ON e.use_id = t.use_id AND e.person_key = t.person_key
  LEFT JOIN assessed s ON s.person_key = t.person_key
   AND (s.valid_from IS NULL OR t.day >= s.valid_from) AND (s.valid_to IS NULL OR t.day <= s.valid_to)
  LEFT JOIN refused d ON d.person_key = t.person_key
   AND (d.valid_from IS NULL OR t.day >= d.valid_from) AND (d.valid_to IS NULL OR t.day <= d.valid_to)
  GROUP BY t.use_id, t.person_key
)
SELECT use_id, coalesce(bool_or(asks AND NOT doubted), false) AS assessed,
       coalesce(bool_or(unclear OR (asks AND doubted)), false) AS assessment_unclear,
       bool_and(refused OR doubted) AS all_declined, bool_or(doubted AND NOT refused) AS declining_unclear,
       list_sort(list_distinct(flatten(list(assessment_ids)))) AS assessment_ids,
       list_sort([i FOR i IN list_distinct(flatten(list(declined_ids))) IF i IS NOT NULL]) AS declined_ids
FROM each_one
GROUP BY use_id
