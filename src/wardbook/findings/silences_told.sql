-- Silences of a device that otherwise reports throughout, during a logged use or while the vehicle moved; by vehicle and
-- month. A device reports throughout where its reports cover at least {percent} % of the time from its first report of the
-- month to its last. A silence is told with the other such devices that were silent in half of it or more.
WITH reported AS (
  SELECT vehicle_key, from_at, to_at, lead(from_at) OVER (PARTITION BY vehicle_key ORDER BY from_at) AS next_at,
         strftime(w_day(from_at), '%Y-%m') AS month
  FROM watched_spans
),
steady AS (
  SELECT vehicle_key, month
  FROM reported
  GROUP BY vehicle_key, month
  HAVING sum(epoch_ms(to_at) - epoch_ms(from_at)) * 100 >= {percent} * (max(epoch_ms(to_at)) - min(epoch_ms(from_at)))
     AND max(epoch_ms(to_at)) - min(epoch_ms(from_at)) >= {day_ms}
),
silences AS (
  SELECT r.vehicle_key, r.month, r.to_at AS silent_from, r.next_at AS silent_to,
         row_number() OVER (ORDER BY r.vehicle_key, r.to_at) AS silence
  FROM reported r
  JOIN steady s ON s.vehicle_key = r.vehicle_key AND s.month = r.month
  WHERE epoch_ms(r.next_at) - epoch_ms(r.to_at) > {silence_ms}
),
logged AS (
  SELECT s.silence, list_sort(list(DISTINCT e.record_id)) AS entry_ids, list_sort(list(DISTINCT u.use_id) FILTER (u.use_id IS NOT NULL)) AS use_ids,
         string_agg(DISTINCT coalesce(trim(e.officers_text), 'no officer written'), ', ' ORDER BY coalesce(trim(e.officers_text), 'no officer written')) AS officers,
         min(w_clock(e.start_at) || ' to ' || w_clock(e.end_at)) AS times
  FROM silences s
  JOIN log_entries e ON w_key(e.vehicle) = s.vehicle_key AND e.start_at < s.silent_to AND e.end_at > s.silent_from
  LEFT JOIN use_records u ON u.record_id = e.record_id
  GROUP BY s.silence
),
moved AS (
  SELECT s.silence, CAST(sum(l.metres) AS BIGINT) AS metres, list_sort(list_distinct(flatten(list(l.sources)))) AS sources
  FROM silences s
  JOIN traced_legs l ON l.vehicle_key = s.vehicle_key AND l.kind = 'unobserved' AND l.start_at < s.silent_to AND l.end_at > s.silent_from
  GROUP BY s.silence
),
others AS (
  SELECT s.silence, count(DISTINCT o.vehicle_key) AS silent_too
  FROM silences s
  JOIN silences o ON o.vehicle_key <> s.vehicle_key AND o.silent_from < s.silent_to AND s.silent_from < o.silent_to
   AND 2 * (epoch_ms(least(o.silent_to, s.silent_to)) - epoch_ms(greatest(o.silent_from, s.silent_from)))
       >= epoch_ms(s.silent_to) - epoch_ms(s.silent_from)
  GROUP BY s.silence
),
told AS (
  SELECT s.*, g.entry_ids, g.use_ids, m.sources,
         w_moment(s.silent_from) || ' to ' || w_clock(s.silent_to)
           || CASE WHEN g.times IS NULL THEN '' ELSE ', logged ' || g.times || ' (' || g.officers || ')' END
           || CASE WHEN m.metres IS NULL THEN '' ELSE ', moved at least ' || CAST((m.metres + 500) // 1000 AS BIGINT) || ' km in it' END
           || CASE WHEN o.silent_too IS NULL THEN '' ELSE ', other devices silent as well: ' || o.silent_too END AS words
  FROM silences s
  LEFT JOIN logged g ON g.silence = s.silence
  LEFT JOIN moved m ON m.silence = s.silence
  LEFT JOIN others o ON o.silence = s.silence
  WHERE g.silence IS NOT NULL OR m.silence IS NOT NULL
)
SELECT vehicle_key AS vehicle, month, count(*) AS silences, count(entry_ids) AS logged, count(sources) AS moved,
       list(words ORDER BY silent_from) AS told,
       list_sort(list_distinct(list_concat(flatten(list(coalesce(entry_ids, []))), flatten(list(coalesce(sources, [])))))) AS evidence,
       list_sort(list_distinct(flatten(list(coalesce(use_ids, []))))) AS use_ids
FROM told
GROUP BY vehicle_key, month
