-- Overtime on days of the log on which the book has no use, no movement and no calendar event, by officer and month.
WITH worked AS (
  SELECT record_id, officer, w_key(officer) AS officer_key, coalesce(day, w_day(start_at)) AS day, hours, amount, currency
  FROM duties
  WHERE regexp_matches(lower(kind), '\b(overtime|over time|ot|o/t)\b')
),
known AS (
  SELECT date AS day FROM uses WHERE date IS NOT NULL
  UNION SELECT w_day(start_at) FROM traced_legs
  UNION SELECT w_day(end_at) FROM traced_legs
  UNION SELECT day FROM events WHERE day IS NOT NULL
),
logged AS (SELECT min(day) AS first_day, max(day) AS last_day FROM log_entries)
SELECT min(w.officer) AS officer, strftime(w.day, '%Y-%m') AS month, count(*) AS lines, count(DISTINCT w.day) AS days, sum(w.hours) AS hours,
       CASE WHEN count(DISTINCT w.currency) = 1 THEN sum(w.amount) END AS amount, min(w.currency) AS currency,
       list(CAST(w.day AS VARCHAR) ORDER BY w.day, w.record_id) AS told, list_sort(list(w.record_id)) AS evidence
FROM worked w
JOIN logged l ON w.day BETWEEN l.first_day AND l.last_day
ANTI JOIN known k ON k.day = w.day
WHERE w.officer_key IS NOT NULL
GROUP BY w.officer_key, strftime(w.day, '%Y-%m')
