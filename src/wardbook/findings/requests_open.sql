-- Requests for records that were due before the last act on the log and have no answer, or an answer without records.
WITH latest AS (SELECT max(acts.at) AS moment FROM acts),
answered AS (
  SELECT request, bool_or(coalesce(produced, FALSE)) AS produced, arg_max(words, entry) AS words, arg_max(whom, entry) AS whom
  FROM acts WHERE kind = 'answer' GROUP BY request
)
SELECT r.entry, r.whom, r.words, w_moment(r.at) AS asked_at, r.due, a.request IS NOT NULL AS has_answer, a.words AS answer, a.whom AS answered_by
FROM acts r
CROSS JOIN latest l
LEFT JOIN answered a ON a.request = r.entry
WHERE r.kind = 'request' AND NOT coalesce(a.produced, FALSE) AND (a.request IS NOT NULL OR r.due < w_day(l.moment))
