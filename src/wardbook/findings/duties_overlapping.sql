-- Officers on two duties at once, or logged in two vehicles at once, by officer and month.
WITH said AS (
  SELECT officer_key, officer, lo, hi, other_lo, other_hi, record_id, other_id, words, other_words FROM duties_at_once
  UNION ALL
  SELECT officer_key, officer, lo, hi, other_lo, other_hi, record_id, other_id, words, other_words FROM drives_at_once
),
shared AS (
  SELECT *, least(hi, other_hi) - greatest(lo, other_lo) AS seconds FROM said
)
SELECT min(officer) AS officer, strftime(w_day(to_timestamp(lo)), '%Y-%m') AS month, count(*) AS times, CAST(sum(seconds) AS BIGINT) AS seconds,
       list(w_moment(to_timestamp(lo)) || ' to ' || w_clock(to_timestamp(hi)) || ' (' || words || ') and ' || w_clock(to_timestamp(other_lo))
            || ' to ' || w_clock(to_timestamp(other_hi)) || ' (' || other_words || '), ' || CAST(seconds // 60 AS BIGINT) || ' min'
            ORDER BY lo, record_id, other_id) AS told,
       list_sort(list_distinct(list_concat(list(record_id), list(other_id)))) AS evidence
FROM shared
WHERE seconds > {seconds}
GROUP BY officer_key, strftime(w_day(to_timestamp(lo)), '%Y-%m')
