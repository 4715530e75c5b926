-- The rows of one file: key, amount, how each lies outside the other side's scope, and why it counts in no total.
WITH cells AS (
    SELECT place, damage, {key} AS shown, {first} AS first_cell, {money} AS money, {counted} AS counted, {outside} AS outside
    FROM {file}
),
signed AS (
    SELECT *,
        regexp_full_match(money, '\(.*\)') OR regexp_matches(money, '^[-−]') OR ends_with(money, '-') AS negative,
        CASE
            WHEN regexp_full_match(money, '\(.*\)') THEN trim(money[2:-2])
            WHEN regexp_matches(money, '^[-−+]') THEN trim(money[2:])
            WHEN ends_with(money, '-') THEN trim(money[:-2])
            ELSE money
        END AS unsigned
    FROM cells
),
digits AS (
    SELECT *, regexp_replace(unsigned, '^(?:[A-Z][A-Z][A-Z]\s*|(?:US|A|NZ|C|CA)?[$]|€|£)\s*|\s*(?:[A-Z][A-Z][A-Z]|[$]|€|£)$', '') AS bare
    FROM signed
),
amounts AS (
    SELECT *,
        CASE
            WHEN {counting} THEN CAST(1 AS DECIMAL(18,2))
            WHEN regexp_full_match(bare, '([0-9]{1,3}(,[0-9][0-9][0-9])+|[0-9]{1,15})(\.[0-9]{0,2}0*)?|\.[0-9]{1,2}0*')
                THEN CAST(CASE WHEN negative THEN -1 ELSE 1 END * TRY_CAST(replace(bare, ',', '') AS DECIMAL(18,2)) AS DECIMAL(18,2))
        END AS amount
    FROM digits
)
SELECT
    place, lower(nullif(shown, '')) AS key, nullif(shown, '') AS shown, amount, outside, lower(counted) AS counted,
    CASE
        WHEN damage <> '' THEN damage
        WHEN regexp_full_match(lower(first_cell), '(grand |sub[- ]?)?totals?(\W.*)?')
            THEN 'a line that begins ''' || first_cell || ''', perhaps a total'
        WHEN amount IS NULL AND coalesce(money, '') = '' THEN 'no amount'
        WHEN amount IS NULL THEN '''' || money || ''' as an amount'
        WHEN counted = '' THEN 'nothing in the columns that say what is counted'
    END AS aside
FROM amounts
