-- Each expense once under each name that a stated figure may call it by: all, its voucher, its trip, and what the
-- trip's name begins with before a stroke.
SELECT
    * EXCLUDE (source_key, parts),
    unnest(list_distinct(list_concat(
        ['all', source_key],
        list_transform(range(1, len(parts) + 1), lambda n: array_to_string(parts[1:n], '/'))
    ))) AS name
FROM (
    SELECT
        record_id, amount, currency, day, coalesce(day_to, day) AS last_day, source_key,
        lower(trim(cost_class)) AS cost_class, nullif(lower(trim(person)), '') AS person,
        string_split(trim(trip), '/') AS parts
    FROM expenses
    WHERE amount IS NOT NULL
)
