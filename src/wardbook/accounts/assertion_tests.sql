-- Each stated figure beside what the book gives for it.
WITH compared AS (
    SELECT
        a.assertion_id, a.quantity, a.value AS stated, CAST(w.computed AS DECIMAL(18,2)) AS computed,
        CAST(a.value - w.computed AS DECIMAL(18,2)) AS difference, a.unit, w.working, w.sources
    FROM assertions AS a
    JOIN assertion_workings AS w ON w.record_id = a.record_id
)
SELECT
    assertion_id, quantity, stated, computed, difference, unit,
    CASE
        WHEN difference IS NULL THEN 'cannot be reproduced'
        WHEN difference = 0 THEN 'reproduced'
        ELSE 'differs'
    END AS verdict,
    working, sources
FROM compared
