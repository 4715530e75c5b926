-- What became of each instrument: replaced, ended by a default that brings another back, come back itself,
-- replaced again. A default after the instrument was replaced does not count.
WITH made AS (
    SELECT instrument, min(decided_on) AS decided_on, min(revives_on_default) AS names FROM order_lines
    GROUP BY instrument
),
replaced AS (
    SELECT
        instrument, CASE WHEN count(replaced_on) = count(*) THEN min(replaced_on) END AS superseded_on,
        coalesce(arg_min(replaced_by, replaced_on), min(replaced_by)) AS superseded_by
    FROM ledger_replaced
    GROUP BY instrument
),
missed AS (
    SELECT instrument, min(defaulted_on) AS defaulted_on FROM ledger_defaults GROUP BY instrument
),
ended AS (
    SELECT m.instrument, m.names AS revives, d.defaulted_on
    FROM made AS m
    JOIN missed AS d ON d.instrument = m.instrument
    JOIN made AS o ON o.instrument = m.names AND o.instrument <> m.instrument
    JOIN replaced AS x ON x.instrument = o.instrument AND coalesce(x.superseded_on <= d.defaulted_on, true)
    LEFT JOIN replaced AS r ON r.instrument = m.instrument
    WHERE r.instrument IS NULL OR d.defaulted_on < r.superseded_on
),
revived AS (
    SELECT revives AS instrument, min(defaulted_on) AS revived_on, arg_min(instrument, defaulted_on) AS revived_by
    FROM ended
    GROUP BY revives
),
again AS (
    SELECT
        v.instrument, min(x.replaced_on) AS again_on, arg_min(x.replaced_by, x.replaced_on) AS again_by
    FROM revived AS v
    JOIN ledger_replaced AS x
        ON (x.instrument = v.instrument OR x.instrument = v.revived_by) AND x.replaced_on >= v.revived_on
        AND x.replaced_by <> v.revived_by AND x.replaced_by <> v.instrument
    GROUP BY v.instrument
)
SELECT
    m.instrument, m.decided_on, m.names, r.instrument IS NOT NULL AS superseded, r.superseded_on,
    r.superseded_by, e.revives, e.defaulted_on, v.revived_on, v.revived_by, a.again_on, a.again_by,
    e.instrument IS NULL AND a.instrument IS NULL AND (r.instrument IS NULL OR v.instrument IS NOT NULL) AS live
FROM made AS m
LEFT JOIN replaced AS r ON r.instrument = m.instrument
LEFT JOIN ended AS e ON e.instrument = m.instrument
LEFT JOIN revived AS v ON v.instrument = m.instrument
LEFT JOIN again AS a ON a.instrument = m.instrument
