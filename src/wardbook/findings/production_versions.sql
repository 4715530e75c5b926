-- Two versions of one source, one after the other: files of one path that came by different take-ins with other bytes; and
-- the last notice to preserve records between them.
WITH arrivals AS (
  SELECT o.exhibit, o.path, min(a.at) AS arrived
  FROM occurrences o
  JOIN acts a ON a.kind = 'take-in' AND a.take_in = o.take_in
  GROUP BY o.exhibit, o.path
),
ordered AS (
  SELECT exhibit, path, arrived,
         lag(exhibit) OVER in_turn AS earlier, lag(arrived) OVER in_turn AS earlier_at
  FROM arrivals
  WINDOW in_turn AS (PARTITION BY path ORDER BY arrived, exhibit)
)
SELECT v.path, v.earlier, v.exhibit AS later, min(v.earlier_at) AS earlier_at, min(v.arrived) AS later_at, max(n.at) AS notice_at,
       arg_max(n.whom, n.at) AS notice_to
FROM ordered v
LEFT JOIN acts n ON n.kind = 'notice' AND n.at >= v.earlier_at AND n.at <= v.arrived
WHERE v.earlier IS NOT NULL AND v.arrived > v.earlier_at
GROUP BY v.path, v.earlier, v.exhibit
