-- The expenses of lodging and meals to be tested, with what their place is called: receipts of one traveler,
-- place and days together, and those of nobody named each by itself. Nothing where the book has no rates.
WITH classed AS (
    SELECT
        *, trim(regexp_replace(lower(cost_class), '[\s_-]+', ' ', 'g')) AS class_word,
        nullif(trim(person), '') AS traveler, nullif(trim(place), '') AS spent_at,
        coalesce(persons, nullif(len(regexp_extract_all(person, '[^;\s][^;]*')), 0), 1) AS heads
    FROM expenses
    WHERE amount IS NOT NULL AND EXISTS (SELECT 1 FROM per_diem_rates)
),
together AS (
    SELECT
        min(record_id) AS expense_id, list_sort(list(record_id)) AS expense_ids, class_word AS cost_class,
        nullif(trim(trip), '') AS trip, traveler AS person, day, day_to, spent_at AS place, nights,
        heads AS persons, CAST(sum(amount) AS DECIMAL(18,2)) AS expense,
        coalesce(currency, {default_currency}) AS currency
    FROM classed
    WHERE class_word IN ('lodging', 'meals')
    GROUP BY
        class_word, nullif(trim(trip), ''), traveler, day, day_to, spent_at, nights, heads,
        coalesce(currency, {default_currency}), CASE WHEN traveler IS NULL THEN record_id END
),
ended AS (
    SELECT
        *,
        trim(regexp_replace(place, '(\s+[0-9][0-9][0-9][0-9][0-9](-[0-9]+)?)?(\s*,?\s*(USA?|U\.S\.A?\.|United States))?\s*$', ''))
            AS plain
    FROM together
),
stated AS (
    SELECT
        *,
        coalesce(
            nullif(trim(regexp_extract(plain, ',\s*([A-Za-z][A-Za-z. ]*)$', 1)), ''),
            nullif(regexp_extract(plain, '[\s)]([A-Z][A-Z]|D\.\s?C\.)$', 1), '')
        ) AS state_words
    FROM ended
),
countries AS (
    SELECT w_place_key(state) AS country_key, min(state) AS country
    FROM per_diem_rates
    WHERE length(state) > 2
    GROUP BY ALL
),
abroad AS (
    SELECT
        s.expense_id, c.country,
        EXISTS (
            SELECT 1 FROM per_diem_keys AS k
            WHERE k.level = 'city' AND k.key_state = c.country
                AND k.place_key = w_place_key(regexp_extract(s.plain, '^([^,(]*)', 1))
        ) AS listed
    FROM stated AS s
    JOIN countries AS c ON c.country_key = w_place_key(regexp_extract(s.plain, ',(.*)$', 1))
),
worded AS (
    SELECT
        s.* EXCLUDE (state_words),
        CASE WHEN k.state IS NULL OR a.listed THEN coalesce(a.country, k.state) ELSE k.state END AS own_state,
        CASE WHEN k.state IS NULL THEN s.plain ELSE trim(rtrim(left(s.plain, length(s.plain) - length(s.state_words)), ', '))
        END AS head
    FROM stated AS s
    LEFT JOIN ({states}) AS k ON k.word = regexp_replace(lower(s.state_words), '[.\s]', '', 'g')
    LEFT JOIN abroad AS a ON a.expense_id = s.expense_id
),
parts AS (
    SELECT
        *, w_place_key(regexp_extract(head, '^([^,(]*)', 1)) AS city_key,
        nullif(w_county_key(regexp_extract(head, '(?i)(?:^|[,(])\s*([^,()]+\s+(?:County|Parish))\s*(?:[,)]|$)', 1)), '')
            AS own_county
    FROM worded
),
registered AS (
    SELECT
        w_place_key(regexp_extract(name, '^([^,(]*)', 1)) AS city_key, upper(trim(region)) AS state,
        min(w_county_key(county)) AS county_key, count(DISTINCT w_county_key(county)) AS counties
    FROM places
    WHERE region IS NOT NULL
    GROUP BY ALL
),
regions AS (
    SELECT city_key, min(state) AS state FROM registered GROUP BY city_key HAVING count(*) = 1
)
SELECT
    p.expense_id, p.expense_ids, p.cost_class, p.trip, p.person, p.day, p.day_to, p.place, p.nights, p.persons,
    p.expense, p.currency, coalesce(p.own_state, r.state) AS state, p.city_key,
    coalesce(p.own_county, CASE WHEN g.counties = 1 THEN g.county_key END) AS county_key
FROM parts AS p
LEFT JOIN regions AS r ON p.own_state IS NULL AND r.city_key = p.city_key
LEFT JOIN registered AS g ON g.city_key = p.city_key AND g.state = coalesce(p.own_state, r.state)
