-- Officers paid for more than w_pay_limit() minutes in 24 hours: of each local day on which the first duty of such 24 hours begins the worst, by
-- officer and month; and days without times whose hours come to more.
WITH paid AS (
  SELECT officer_key, from_s, CAST(sum(shared_s) AS BIGINT) AS paid_s, list(record_id) AS ids, min(officer) AS officer, min(duty_s) AS first_s
  FROM pay_in_window GROUP BY officer_key, from_s
),
present AS (
  SELECT officer_key, from_s, CAST(sum(shared_s) AS BIGINT) AS present_s FROM presence_in_window GROUP BY officer_key, from_s
),
worst AS (
  SELECT p.*, r.present_s, w_day(to_timestamp(p.first_s)) AS day,
         row_number() OVER (PARTITION BY p.officer_key, w_day(to_timestamp(p.first_s)) ORDER BY p.paid_s DESC, p.from_s DESC) AS place
  FROM paid p
  JOIN present r ON r.officer_key = p.officer_key AND r.from_s = p.from_s
  WHERE p.paid_s > w_pay_limit() * 60
),
untimed AS (
  SELECT w_key(officer) AS officer_key, min(officer) AS officer, coalesce(day, w_day(start_at)) AS day,
         CAST(sum(hours * 3600) AS BIGINT) AS paid_s, list(record_id) AS ids
  FROM duties
  WHERE hours > 0 AND coalesce(day, w_day(start_at)) IS NOT NULL
  GROUP BY w_key(officer), coalesce(day, w_day(start_at))
  HAVING bool_or(start_at IS NULL) AND sum(hours * 60) > w_pay_limit() AND w_key(officer) IS NOT NULL
),
told AS (
  SELECT officer_key, officer, day, ids,
         'since ' || w_moment(to_timestamp(from_s)) || ': paid ' || {paid} || ', present ' || {present} AS words
  FROM worst WHERE place = 1
  UNION ALL
  SELECT officer_key, officer, day, ids, day || ', a calendar day without times: paid ' || {paid} FROM untimed
)
SELECT min(officer) AS officer, strftime(day, '%Y-%m') AS month, w_pay_limit() AS minutes, count(*) AS times, list(words ORDER BY day, words) AS told,
       list_sort(list_distinct(flatten(list(ids)))) AS evidence
FROM told
GROUP BY officer_key, strftime(day, '%Y-%m')
