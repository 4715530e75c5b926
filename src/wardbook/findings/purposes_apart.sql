-- Uses of which the log states public business and the calendar of their movements private, or the other way round, by
-- vehicle and month.
WITH apart AS (
  SELECT u.use_id, u.vehicle, u.date, f.purpose, v.purpose AS event_purpose, u.stated_purpose, v.told, u.sources, v.sources AS event_ids
  FROM use_events v
  JOIN facts f ON f.use_id = v.use_id
  JOIN uses u ON u.use_id = v.use_id
  WHERE (f.purpose IN ({public})) <> (v.purpose IN ({public}))
)
SELECT vehicle, strftime(date, '%Y-%m') AS month, count(*) AS times,
       list(date || ': log "' || coalesce(stated_purpose, 'a judgement') || '" (' || purpose || '), calendar ' || told ORDER BY date, use_id) AS told,
       list_sort(list_distinct(flatten(list(list_concat(sources, event_ids))))) AS evidence,
       list(use_id ORDER BY date, use_id) AS use_ids
FROM apart
GROUP BY vehicle, strftime(date, '%Y-%m')
