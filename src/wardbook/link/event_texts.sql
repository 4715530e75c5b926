-- The words of the calendar events that recorded movements lead to, lead from or lie in, in lower case.
SELECT DISTINCT e.record_id AS event_id, e.title, nullif(lower(concat_ws('; ', nullif(trim(e.title), ''), nullif(trim(e.categories), ''))), '') AS text,
       CASE WHEN e.ends_at > e.starts_at AND NOT (w_clock(e.starts_at) = '00:00' AND w_clock(e.ends_at) = '00:00')
            THEN w_seconds(e.ends_at) - w_seconds(e.starts_at) END AS seconds
FROM leg_intervals i
JOIN events e ON e.record_id = i.interval_id
WHERE i.kind = 'event'
