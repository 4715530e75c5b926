-- Invoices that differ from hours (or distance) times rate. Where two or more uses of one vehicle and agency
-- fit one other hourly rate to the cent, they are one group; `implied` is that rate.
WITH differing AS (
    SELECT c.use_id, c.cost_class, c.computed, c.invoiced, c.currency, c.sources
    FROM costs AS c
    WHERE c.invoiced IS NOT NULL AND c.computed IS NOT NULL AND c.invoiced <> c.computed
),
rated AS (
    SELECT d.use_id, min(r.unit) AS unit, min(r.amount) AS rate
    FROM (SELECT use_id, unnest(sources) AS record_id FROM differing) AS d
    JOIN rates AS r ON r.record_id = d.record_id
    GROUP BY d.use_id
),
billed AS (
    SELECT
        d.*, u.date, u.vehicle, coalesce(u.agency, 'an agency not on record') AS agency, u.hours,
        r.unit, r.rate,
        CASE WHEN r.unit = 'hour' AND u.hours > 0 THEN CAST(
            (CAST(d.invoiced * 100 AS HUGEINT) * 2000 + CAST(u.hours * 1000 AS BIGINT))
            // (2 * CAST(u.hours * 1000 AS BIGINT)) AS DECIMAL(18,0)
        ) * CAST(0.01 AS DECIMAL(3,2)) END AS nearest_rate
    FROM differing AS d
    JOIN uses AS u ON u.use_id = d.use_id
    LEFT JOIN rated AS r ON r.use_id = d.use_id
),
fitted AS (
    SELECT
        *, CASE WHEN round(hours * nearest_rate, 2) = invoiced THEN CAST(nearest_rate AS DECIMAL(18,2)) END AS implied
    FROM billed
),
counted AS (
    SELECT
        *,
        CASE WHEN implied IS NOT NULL
            AND count(*) OVER (PARTITION BY vehicle, agency, currency, rate, implied) >= {group_from}
            THEN '' ELSE use_id END AS part
    FROM fitted
)
SELECT
    vehicle, agency, currency, rate, unit, implied, part, count(*) AS uses,
    CAST(sum(hours) AS DECIMAL(18,3)) AS hours, min(date) AS first_day, max(date) AS last_day,
    CAST(sum(computed) AS DECIMAL(18,2)) AS computed, CAST(sum(invoiced) AS DECIMAL(18,2)) AS invoiced,
    list_sort(list(use_id)) AS use_ids, list_sort(list_distinct(flatten(list(sources)))) AS evidence
FROM counted
GROUP BY ALL
