-- Lodging or meals above the per diem, by traveler, class and currency, with the working of each.
WITH tested AS (
    SELECT t.*, x.use_id, coalesce(t.person, 'a traveler not on record') AS traveler
    FROM per_diem_tests AS t
    LEFT JOIN expense_uses AS x ON x.record_id = t.expense_id
)
SELECT
    traveler, cost_class, currency, count(*) AS tested, count(*) FILTER (WHERE verdict = 'over') AS exceeded,
    count(*) FILTER (WHERE verdict = 'undetermined') AS open,
    CAST(sum(over) FILTER (WHERE verdict = 'over') AS DECIMAL(18,2)) AS amount,
    list(
        coalesce(CAST(day AS VARCHAR) || CASE WHEN day_to > day THEN ' to ' || day_to ELSE '' END || ', ', '')
        || coalesce(place || ': ', '') || words
        ORDER BY day, expense_id
    ) FILTER (WHERE verdict = 'over') AS told,
    list_sort(list_distinct(flatten(list(sources) FILTER (WHERE verdict = 'over')))) AS evidence,
    coalesce(list_sort(list(DISTINCT use_id) FILTER (WHERE verdict = 'over' AND use_id IS NOT NULL)), []) AS use_ids
FROM tested
GROUP BY traveler, cost_class, currency
HAVING count(*) FILTER (WHERE verdict = 'over') > 0
