-- Uses whose sources disagree on day, hours, riders or invoice, with every reading and its place. A source that is
-- silent is a reading of its own only if its exhibit gives that value for some other entry.
WITH shared AS (
    SELECT use_id, date, vehicle, unnest(sources) AS record_id FROM uses WHERE len(sources) > 1
),
entries AS (
    SELECT s.use_id, s.date, s.vehicle, e.record_id, e.exhibit, e.page, e.line, e.day, e.hours, e.riders_text, e.invoiced
    FROM shared AS s
    JOIN log_entries AS e ON e.record_id = s.record_id
),
aboard AS (
    SELECT
        r.entry_id,
        list_sort(list(DISTINCT coalesce(p.person_key, r.name_key, lower(trim(r.role_words)), 'unnamed'))) AS who,
        CAST(sum(coalesce(r.headcount, 1)) AS BIGINT) AS heads
    FROM riders AS r
    LEFT JOIN (SELECT name_key, min(person_key) AS person_key FROM persons GROUP BY name_key) AS p
        ON p.name_key = r.name_key
    WHERE r.entry_id IN (SELECT record_id FROM shared)
    GROUP BY r.entry_id
),
speaks AS (
    SELECT
        exhibit, bool_or(hours IS NOT NULL) AS of_hours, bool_or(riders_text IS NOT NULL) AS of_riders
    FROM log_entries
    WHERE exhibit IN (SELECT exhibit FROM entries)
    GROUP BY exhibit
),
paths AS (
    SELECT exhibit, min(path) AS path FROM occurrences GROUP BY exhibit
),
placed AS (
    SELECT
        e.use_id, e.date, e.vehicle, e.record_id,
        ' (' || coalesce(p.path, substr(e.exhibit, 1, 12))
        || coalesce(', page ' || e.page, '') || coalesce(', line ' || e.line, '') || ')' AS place,
        CASE WHEN e.hours IS NOT NULL THEN CAST(e.hours AS VARCHAR) WHEN s.of_hours THEN 'none given' END AS hours,
        CASE WHEN a.entry_id IS NOT NULL THEN array_to_string(a.who, ', ') || ' / ' || a.heads
            WHEN e.riders_text IS NOT NULL THEN lower(trim(e.riders_text))
            WHEN s.of_riders THEN 'none given' END AS riders_key,
        CASE WHEN e.riders_text IS NOT NULL THEN e.riders_text WHEN s.of_riders THEN 'none given' END AS riders,
        CAST(e.invoiced AS VARCHAR) AS invoiced, CAST(e.day AS VARCHAR) AS day
    FROM entries AS e
    JOIN speaks AS s ON s.exhibit = e.exhibit
    LEFT JOIN aboard AS a ON a.entry_id = e.record_id
    LEFT JOIN paths AS p ON p.exhibit = e.exhibit
),
compared AS (
    SELECT
        use_id, date, vehicle,
        count(DISTINCT hours) > 1 AS hours_differ, count(DISTINCT riders_key) > 1 AS riders_differ,
        count(DISTINCT invoiced) > 1 AS invoices_differ, count(DISTINCT day) > 1 AS days_differ,
        list_sort(list(day || place) FILTER (day IS NOT NULL)) AS day_readings,
        list_sort(list(hours || place) FILTER (hours IS NOT NULL)) AS hours_readings,
        list_sort(list(riders || place) FILTER (riders IS NOT NULL)) AS riders_readings,
        list_sort(list(invoiced || place) FILTER (invoiced IS NOT NULL)) AS invoice_readings,
        list_sort(list(record_id)) AS evidence
    FROM placed
    GROUP BY use_id, date, vehicle
)
SELECT * FROM compared WHERE hours_differ OR riders_differ OR invoices_differ OR days_differ
