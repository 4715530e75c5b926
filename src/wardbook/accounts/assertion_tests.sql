-- Each stated figure or fact beside what the book gives for it, with a verdict and the reason for it.
WITH compared AS (
    SELECT
        a.assertion_id, a.quantity, a.value AS stated, CAST(w.computed AS DECIMAL(18,2)) AS computed,
        CASE WHEN w.of_fact THEN NULL ELSE CAST(a.value - w.computed AS DECIMAL(18,2)) END AS difference, a.unit,
        w.working, w.sources, a.stated_by, a.stated_on, a.scope, a.counting_rule, a.fact,
        w.of_fact, w.holds, w.rule, w.apart, w.missing, w.off, w.allowed,
        coalesce(abs(a.tolerance), 0) AS tolerance,
        w.rule <> '' AND nullif(trim(a.counting_rule), '') IS NULL AS no_rule
    FROM assertions AS a
    JOIN assertion_workings AS w ON w.record_id = a.record_id
),
judged AS (
    SELECT *,
        CASE
            WHEN of_fact AND holds THEN 'supported'
            WHEN of_fact AND NOT holds THEN 'contradicted'
            WHEN difference IS NULL THEN 'not reproducible'
            WHEN abs(difference) <= tolerance THEN 'supported'
            WHEN no_rule THEN 'not reproducible'
            WHEN apart <> '' THEN 'different scope'
            ELSE 'contradicted'
        END AS finding_verdict
    FROM compared
)
SELECT
    assertion_id, quantity, stated, computed, difference, unit,
    CASE
        WHEN of_fact AND holds THEN 'reproduced'
        WHEN of_fact AND NOT holds THEN 'differs'
        WHEN difference IS NULL THEN 'cannot be reproduced'
        WHEN difference = 0 THEN 'reproduced'
        ELSE 'differs'
    END AS verdict,
    working, sources, finding_verdict,
    CASE
        WHEN of_fact AND holds IS NOT NULL THEN working
        WHEN stated IS NULL AND computed IS NOT NULL THEN 'no figure is stated'
        WHEN finding_verdict = 'not reproducible' AND no_rule AND difference IS NOT NULL
            THEN 'missing: the counting rule of the statement; the test counts by ''' || rule || ''''
        WHEN finding_verdict = 'not reproducible' THEN missing
        WHEN finding_verdict = 'supported' AND difference = 0 THEN 'the book gives the stated figure exactly'
            || CASE WHEN apart = '' THEN '' ELSE '; yet ' || apart END
        WHEN finding_verdict = 'supported' THEN off || ' off, within the ' || allowed || ' of the publisher''s rounding'
            || CASE WHEN apart = '' THEN '' ELSE '; yet ' || apart END
        WHEN finding_verdict = 'different scope' THEN apart
        ELSE off || ' off' || CASE WHEN tolerance = 0 THEN '' ELSE ', more than the ' || allowed
            || ' of the publisher''s rounding' END || ', and no scope on record differs from what was counted'
    END AS why,
    stated_by, stated_on, scope, counting_rule, fact
FROM judged
