-- The rows of the two sides of each pair, matched by key: what each key adds to left less right, and why.
-- Rows without a key match nothing. Where rows lie outside the other side's scope, and without them the two
-- sides are nearer, they stand in a line of their own. Of the rows behind a key the first hundred are named.
WITH grouped AS (
    SELECT
        pair, key, min(shown) AS shown,
        count(*) FILTER (WHERE side = 'left') AS left_rows,
        count(*) FILTER (WHERE side = 'right') AS right_rows,
        count(*) FILTER (WHERE side = 'left' AND outside IS NULL) AS left_inside,
        count(*) FILTER (WHERE side = 'right' AND outside IS NULL) AS right_inside,
        coalesce(sum(amount) FILTER (WHERE side = 'left'), 0) AS left_sum,
        coalesce(sum(amount) FILTER (WHERE side = 'right'), 0) AS right_sum,
        coalesce(sum(amount) FILTER (WHERE side = 'left' AND outside IS NOT NULL), 0) AS left_out,
        coalesce(sum(amount) FILTER (WHERE side = 'right' AND outside IS NOT NULL), 0) AS right_out,
        coalesce(max(tolerance) FILTER (WHERE side = 'left'), 0) + coalesce(max(tolerance) FILTER (WHERE side = 'right'), 0) AS tolerance,
        string_agg(DISTINCT outside, '; ' ORDER BY outside) AS outside,
        list(DISTINCT source ORDER BY source)[1:100] AS sources
    FROM reconciled_rows
    GROUP BY pair, key, CASE WHEN key IS NULL THEN side END
),
measured AS (
    SELECT *,
        left_rows + right_rows > left_inside + right_inside
            AND left_out <> right_out
            AND (left_rows = 0 OR right_rows = 0
                OR abs(left_sum - left_out - right_sum + right_out) < abs(left_sum - right_sum)) AS split
    FROM grouped
),
parted AS (
    SELECT pair, shown, tolerance, outside, sources, true AS of_scope,
        left_rows - left_inside AS left_rows, right_rows - right_inside AS right_rows,
        left_out AS left_sum, right_out AS right_sum
    FROM measured WHERE split
    UNION ALL
    SELECT pair, shown, tolerance, NULL AS outside, sources, false AS of_scope,
        CASE WHEN split THEN left_inside ELSE left_rows END AS left_rows,
        CASE WHEN split THEN right_inside ELSE right_rows END AS right_rows,
        CASE WHEN split THEN left_sum - left_out ELSE left_sum END AS left_sum,
        CASE WHEN split THEN right_sum - right_out ELSE right_sum END AS right_sum
    FROM measured WHERE NOT split OR left_inside + right_inside > 0
)
SELECT
    pair, shown, outside, sources, left_rows, right_rows,
    CASE WHEN left_rows > 0 THEN CAST(left_sum AS DECIMAL(18,2)) END AS left_amount,
    CASE WHEN right_rows > 0 THEN CAST(right_sum AS DECIMAL(18,2)) END AS right_amount,
    CAST(left_sum - right_sum AS DECIMAL(18,2)) AS amount,
    CAST(tolerance AS DECIMAL(18,2)) AS tolerance,
    CASE
        WHEN of_scope THEN 'scope differs'
        WHEN left_rows = 0 THEN 'only right'
        WHEN right_rows = 0 THEN 'only left'
        WHEN left_sum = right_sum THEN 'equal'
        WHEN abs(left_sum - right_sum) <= tolerance THEN 'rounding'
        ELSE 'differs'
    END AS line_class
FROM parted
