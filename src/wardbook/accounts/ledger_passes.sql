-- A debt that passes from the payer who must pay first to one liable after him: on the day of the first one's
-- default, what was then open, up to what the other is liable for; of several others in the order of names.
WITH firsts AS (
    SELECT
        d.instrument, d.payer, d.currency, t.superseded, t.superseded_on, t.again_on,
        CASE
            WHEN NOT t.superseded OR d.defaulted_on < t.superseded_on THEN d.defaulted_on
            ELSE greatest(d.defaulted_on, t.revived_on)
        END AS passed_on,
        t.revived_on IS NOT NULL AS revived
    FROM ledger_defaults AS d JOIN ledger_turns AS t ON t.instrument = d.instrument
    WHERE t.defaulted_on IS NULL
),
counted AS (
    SELECT * FROM firsts
    WHERE (NOT superseded OR revived OR passed_on < superseded_on) AND coalesce(passed_on < again_on, true)
),
due AS (
    SELECT f.instrument, f.payer, f.currency, f.passed_on, sum(l.amount) AS amount
    FROM counted AS f
    JOIN order_lines AS l
        ON l.instrument = f.instrument AND l.payer = f.payer AND l.currency = f.currency AND NOT l.contingent
        AND coalesce(l.decided_on <= f.passed_on, true)
    GROUP BY f.instrument, f.payer, f.currency, f.passed_on
),
credited AS (
    SELECT f.instrument, f.payer, f.currency, sum(c.amount) AS amount
    FROM counted AS f
    JOIN ledger_moved AS c
        ON c.instrument = f.instrument AND c.payer = f.payer AND c.currency = f.currency
        AND coalesce(c.counts_on <= f.passed_on, true)
    GROUP BY f.instrument, f.payer, f.currency
),
opened AS (
    SELECT d.instrument, d.payer, d.currency, d.passed_on, d.amount - coalesce(c.amount, 0) AS opened
    FROM due AS d
    LEFT JOIN credited AS c
        ON c.instrument = d.instrument AND c.payer = d.payer AND c.currency = d.currency
),
seconds AS (
    SELECT
        instrument, liable_after, payer, currency, sum(amount) AS amount,
        list_sort(list(record_id)) AS sources
    FROM order_lines
    WHERE contingent
    GROUP BY instrument, liable_after, payer, currency
),
running AS (
    SELECT
        o.instrument, o.payer AS first_payer, s.payer, o.currency, o.passed_on, o.opened, s.amount, s.sources,
        sum(s.amount) OVER (
            PARTITION BY o.instrument, o.payer, o.currency ORDER BY s.payer ROWS UNBOUNDED PRECEDING
        ) AS upto
    FROM opened AS o
    JOIN seconds AS s
        ON s.instrument = o.instrument AND s.liable_after = o.payer AND s.currency = o.currency
    WHERE o.opened > 0 AND s.amount > 0
)
SELECT
    instrument, first_payer, payer, currency, passed_on,
    CAST(least(amount, opened - (upto - amount)) AS DECIMAL(18,2)) AS amount,
    opened > max(upto) OVER (PARTITION BY instrument, first_payer, currency) AS first_keeps, sources
FROM running
WHERE opened > upto - amount
