-- One row a use. Each value is that of the first source that has it: a source with an invoice before one
-- without, then by record_id.
WITH single AS (
  SELECT use_id FROM use_records GROUP BY use_id HAVING count(*) = 1
)
SELECT r.use_id, e.day AS date, e.vehicle,
       nullif(trim(e.route_text), '') AS route, e.hours, nullif(trim(e.riders_text), '') AS riders,
       nullif(trim(e.stated_purpose), '') AS stated_purpose, [r.record_id] AS sources,
       e.agency, e.division, coalesce(e.task, 'movement') AS task, e.start_at, e.end_at, e.logged_at, e.trip,
       e.invoiced, CASE WHEN e.invoiced IS NOT NULL THEN e.currency END AS currency
FROM use_records r
JOIN single USING (use_id)
JOIN log_entries e ON e.record_id = r.record_id
UNION ALL
SELECT r.use_id,
       arg_min(e.day, r.source_rank) FILTER (e.day IS NOT NULL),
       arg_min(e.vehicle, r.source_rank) FILTER (e.vehicle IS NOT NULL),
       arg_min(trim(e.route_text), r.source_rank) FILTER (trim(e.route_text) <> ''),
       arg_min(e.hours, r.source_rank) FILTER (e.hours IS NOT NULL),
       arg_min(trim(e.riders_text), r.source_rank) FILTER (trim(e.riders_text) <> ''),
       arg_min(trim(e.stated_purpose), r.source_rank) FILTER (trim(e.stated_purpose) <> ''),
       list_sort(list(r.record_id)),
       arg_min(e.agency, r.source_rank) FILTER (e.agency IS NOT NULL),
       arg_min(e.division, r.source_rank) FILTER (e.division IS NOT NULL),
       coalesce(arg_min(e.task, r.source_rank) FILTER (e.task IS NOT NULL), 'movement'),
       arg_min(e.start_at, r.source_rank) FILTER (e.start_at IS NOT NULL),
       arg_min(e.end_at, r.source_rank) FILTER (e.end_at IS NOT NULL),
       min(e.logged_at),
       arg_min(e.trip, r.source_rank) FILTER (e.trip IS NOT NULL),
       arg_min(e.invoiced, r.source_rank) FILTER (e.invoiced IS NOT NULL),
       arg_min(e.currency, r.source_rank) FILTER (e.invoiced IS NOT NULL)
FROM use_records r
ANTI JOIN single USING (use_id)
JOIN log_entries e ON e.record_id = r.record_id
GROUP BY r.use_id
