-- Pairs of log entries that may be one use entered twice: the comparison could not decide.
WITH belongings AS (
    SELECT use_id, unnest(sources) AS record_id FROM uses
),
doubtful AS (
    SELECT left_id, right_id, comparisons, decided_by FROM entry_comparisons WHERE verdict = 'unsure'
)
SELECT
    d.left_id, d.right_id, d.comparisons, d.decided_by, l.vehicle, l.day, l.raw_text AS left_text,
    r.raw_text AS right_text,
    list_sort(list_distinct(list_concat(
        list(a.use_id) FILTER (a.use_id IS NOT NULL), list(b.use_id) FILTER (b.use_id IS NOT NULL)
    ))) AS use_ids
FROM doubtful AS d
LEFT JOIN log_entries AS l ON l.record_id = d.left_id
LEFT JOIN log_entries AS r ON r.record_id = d.right_id
LEFT JOIN belongings AS a ON a.record_id = d.left_id
LEFT JOIN belongings AS b ON b.record_id = d.right_id
GROUP BY ALL
