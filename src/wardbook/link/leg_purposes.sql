-- What each movement was for by the calendar: the purpose of the events that it leads to or lies in; where it leads to none,
-- of those it comes from. NULL where the class of one of them is not known.
WITH related AS (
  SELECT i.leg_id, i.relation = 'from it' AS is_back, p.purpose
  FROM leg_intervals i
  JOIN event_purposes p ON p.event_id = i.interval_id
  WHERE i.kind = 'event'
),
directions AS (
  SELECT leg_id, bool_and(is_back) AS is_back FROM related GROUP BY leg_id
)
SELECT r.leg_id, CASE WHEN bool_and(r.purpose IS NOT NULL) THEN w_purpose(list_sort(list(DISTINCT r.purpose))) END AS purpose
FROM related r
JOIN directions l ON l.leg_id = r.leg_id AND l.is_back = r.is_back
GROUP BY r.leg_id
