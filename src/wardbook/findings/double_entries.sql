-- Pairs of log entries that may be one use entered twice: the comparison could not decide, and they are two
-- uses. `amount` is what the use that costs less costs: what is counted twice if they are one.
WITH belongings AS (
    SELECT use_id, len(sources) - 1 AS further, unnest(sources) AS record_id FROM uses
),
doubtful AS (
    SELECT left_id, right_id, comparisons, decided_by FROM entry_comparisons WHERE verdict = 'unsure'
),
concerned AS (
    SELECT DISTINCT b.use_id
    FROM belongings AS b
    JOIN (SELECT left_id AS record_id FROM doubtful UNION SELECT right_id FROM doubtful) AS d
        ON d.record_id = b.record_id
),
spent AS (
    SELECT c.use_id, CAST(sum(c.amount) AS DECIMAL(18,2)) AS amount, min(c.currency) AS currency
    FROM costs AS c
    SEMI JOIN concerned AS n ON n.use_id = c.use_id
    GROUP BY c.use_id
    HAVING count(DISTINCT c.currency) = 1
)
SELECT
    d.left_id, d.right_id, d.comparisons, d.decided_by, l.vehicle, l.day AS left_day, r.day AS right_day,
    l.raw_text AS left_text, r.raw_text AS right_text, a.further AS left_further, b.further AS right_further,
    least(l.hours, r.hours) AS hours,
    CASE WHEN s.currency = t.currency THEN least(s.amount, t.amount) END AS amount,
    CASE WHEN s.currency = t.currency THEN s.currency END AS currency,
    list_sort([u FOR u IN [a.use_id, b.use_id] IF u IS NOT NULL]) AS use_ids
FROM doubtful AS d
LEFT JOIN log_entries AS l ON l.record_id = d.left_id
LEFT JOIN log_entries AS r ON r.record_id = d.right_id
LEFT JOIN belongings AS a ON a.record_id = d.left_id
LEFT JOIN belongings AS b ON b.record_id = d.right_id
LEFT JOIN spent AS s ON s.use_id = a.use_id
LEFT JOIN spent AS t ON t.use_id = b.use_id
WHERE a.use_id IS DISTINCT FROM b.use_id OR a.use_id IS NULL
