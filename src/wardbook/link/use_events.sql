-- The calendar events of each use, by its movements: their purpose together, and how long they were. NULL where one of
-- them is not known.
WITH found AS (
  SELECT DISTINCT r.use_id, p.event_id, p.title, p.purpose, p.seconds
  FROM leg_intervals i
  JOIN event_purposes p ON p.event_id = i.interval_id
  JOIN entry_legs e ON e.leg_id = i.leg_id
  JOIN use_records r ON r.record_id = e.entry_id
  WHERE i.kind = 'event'
),
summed AS (
  SELECT use_id, CASE WHEN bool_and(purpose IS NOT NULL) THEN w_purpose(list_sort(list(DISTINCT purpose))) END AS purpose,
         bool_and(seconds IS NOT NULL) AS timed,
         bool_and(coalesce(purpose <> 'mixed', FALSE)) AS parted,
         CAST(sum(seconds) AS BIGINT) AS seconds,
         CAST(coalesce(sum(CASE WHEN purpose = 'political' THEN seconds END), 0) AS BIGINT) AS political_s,
         CAST(coalesce(sum(CASE WHEN purpose IN ({private}) THEN seconds END), 0) AS BIGINT) AS private_s,
         string_agg('"' || coalesce(title, 'without a title') || '" (' || coalesce(purpose, 'not known') || ')', ', ' ORDER BY event_id) AS told,
         list_sort(list(event_id)) AS sources
  FROM found
  GROUP BY use_id
)
SELECT use_id, purpose, told, sources,
       CASE WHEN timed THEN w_hours(seconds) END AS event_hours,
       CASE WHEN timed AND parted THEN w_hours(political_s) END AS political_event_hours,
       CASE WHEN timed AND parted THEN w_hours(private_s) END AS private_event_hours
FROM summed
