-- One cost a use that can be priced (its invoice, else hours or miles times the rate in force), and one an
-- expense; each with its day, so that it counts in the month of travel, whenever it was posted. Products are
-- exact decimals, rounded half up to cents; 1 mile is 1,609.344 m.
WITH kinds AS (
    SELECT vehicle, min(lower(trim(kind))) AS kind
    FROM vehicles
    GROUP BY vehicle
    HAVING count(DISTINCT lower(trim(kind))) = 1
),
priced AS (
    SELECT
        u.use_id, u.date, u.sources, u.invoiced,
        CASE
            WHEN u.invoiced IS NULL THEN r.currency
            ELSE coalesce(u.currency, {default_currency})
        END AS currency,
        r.unit, r.rate_ids,
        CASE
            WHEN k.kind IN ('airplane', 'helicopter') THEN 'flight hours'
            WHEN r.unit = 'mile' THEN 'mileage'
            WHEN r.unit = 'hour' AND k.kind IS NULL THEN 'flight hours'
            ELSE 'vehicle'
        END AS cost_class,
        CASE
            WHEN r.choices <> 1 OR (
                u.invoiced IS NOT NULL AND coalesce(u.currency, {default_currency}) <> r.currency
            ) THEN NULL
            WHEN r.unit = 'hour' THEN CAST(round(u.hours * r.amount, 2) AS DECIMAL(18,2))
            WHEN r.unit = 'mile' THEN CAST(
                (CAST(r.distance_m AS HUGEINT) * CAST(r.amount * 100 AS BIGINT) * 2000 + 1609344)
                // (2 * 1609344) AS DECIMAL(18,0)
            ) * CAST(0.01 AS DECIMAL(3,2))
        END AS computed
    FROM uses AS u
    LEFT JOIN use_rates AS r ON r.use_id = u.use_id
    LEFT JOIN kinds AS k ON k.vehicle = u.vehicle
)
SELECT
    use_id || ':' || cost_class AS cost_id, use_id, cost_class,
    CASE
        WHEN invoiced IS NOT NULL THEN 'invoice'
        WHEN unit = 'mile' THEN 'distance x rate'
        ELSE 'hours x rate'
    END AS basis,
    CAST(coalesce(invoiced, computed) AS DECIMAL(18,2)) AS amount,
    CAST(computed AS DECIMAL(18,2)) AS computed, invoiced, currency,
    CASE
        WHEN computed IS NULL THEN list_sort(sources)
        ELSE list_sort(list_distinct(list_concat(sources, rate_ids)))
    END AS sources,
    date AS day, CAST(NULL AS DATE) AS posted_on
FROM priced
WHERE coalesce(invoiced, computed) IS NOT NULL
UNION ALL
SELECT
    x.record_id, m.use_id, coalesce(nullif(lower(trim(x.cost_class)), ''), 'unclassified'), 'expense record',
    x.amount, NULL, NULL, coalesce(x.currency, {default_currency}), [x.record_id],
    x.day, x.posted_on
FROM expenses AS x
LEFT JOIN expense_uses AS m ON m.record_id = x.record_id
WHERE x.amount IS NOT NULL
