-- Each night of lodging and each day of meals, with the rates that its place may have: the least and the most
-- share of a person's rate that is allowed for it. A night that may only be the day of leaving counts from
-- nothing to the whole; the first and last day of travel count three quarters (41 CFR 301-11.101), and a day
-- of which it is not on record whether it was one of them, from three quarters to the whole. The days of travel
-- are those of the uses, the lodging and the meals of the trip.
WITH travel AS (
    SELECT trip, min(first_day) AS first_day, max(last_least) AS last_least, max(last_most) AS last_most
    FROM (
        SELECT trim(trip) AS trip, date AS first_day, date AS last_least, date AS last_most FROM uses
        UNION ALL
        SELECT
            trip, day,
            CASE
                WHEN cost_class = 'meals' THEN greatest(day, coalesce(day_to, day + coalesce(stay, 1) - 1))
                WHEN stay IS NULL AND day_to > day THEN day_to
                ELSE day + coalesce(stay, 1)
            END,
            CASE
                WHEN cost_class = 'meals' THEN greatest(day, coalesce(day_to, day + coalesce(stay, 1) - 1))
                WHEN stay IS NULL AND day_to > day THEN day_to + 1
                ELSE day + coalesce(stay, 1)
            END
        FROM (
            SELECT
                trip, day, day_to, cost_class,
                CASE WHEN nights BETWEEN 1 AND 366 THEN CAST(nights AS INTEGER) END AS stay
            FROM per_diem_spent
        )
    )
    WHERE trip IS NOT NULL AND first_day IS NOT NULL
    GROUP BY trip
),
spans AS (
    SELECT
        s.*, date_diff('day', s.day, coalesce(s.day_to, s.day)) AS days_apart,
        t.first_day AS travel_from, t.last_least AS travel_to, t.last_most
    FROM per_diem_spent AS s
    LEFT JOIN travel AS t ON t.trip = s.trip
),
counted AS (
    SELECT
        *,
        CASE
            WHEN day IS NULL THEN 'the day is not on record'
            WHEN nights < 1 OR persons < 1 THEN 'the number of nights, days or persons is not above 0'
            WHEN days_apart < 0 OR days_apart > 366 OR nights > 366 THEN 'its period is no stay of at most a year'
            WHEN day_to IS NOT NULL AND cost_class = 'lodging' AND nights NOT IN (days_apart, days_apart + 1) THEN
                nights || ' nights do not fit its period, ' || day || ' to ' || day_to
            WHEN day_to IS NOT NULL AND cost_class = 'meals' AND nights <> days_apart + 1 THEN
                nights || ' days do not fit its period, ' || day || ' to ' || day_to
        END AS problem
    FROM spans
),
dated AS (
    SELECT
        * EXCLUDE (problem), problem,
        unnest(
            CASE WHEN problem IS NULL
                THEN range(0, coalesce(nights, days_apart + 1))
                ELSE [CAST(0 AS BIGINT)]
            END
        ) AS number
    FROM counted
),
allowed AS (
    SELECT
        * EXCLUDE (number), day + CAST(number AS INTEGER) AS night,
        CASE
            WHEN cost_class = 'lodging' THEN
                CASE WHEN nights IS NULL AND number > 0 AND number = days_apart THEN 0 ELSE 1 END
            WHEN day + CAST(number AS INTEGER) IN (travel_from, travel_to, last_most) THEN 0.75
            WHEN travel_from IS NULL AND number IN (0, coalesce(nights, days_apart + 1) - 1) THEN 0.75
            ELSE 1
        END AS least,
        CASE
            WHEN cost_class = 'meals' AND day + CAST(number AS INTEGER) IN (travel_from, last_most) THEN 0.75
            ELSE 1
        END AS most
    FROM dated
),
misspelt AS (
    SELECT a.state, a.county_key, true AS listed
    FROM (SELECT DISTINCT state, county_key FROM allowed WHERE county_key IS NOT NULL) AS a
    JOIN per_diem_keys AS k ON k.level = 'county' AND k.key_state = a.state
    GROUP BY a.state, a.county_key
    HAVING min(damerau_levenshtein(k.place_key, a.county_key)) = 1
),
found AS (
    SELECT a.expense_id, a.night, 1 AS rank, 'city' AS level, r.state, r.place, r.lodging, r.meals, r.currency, r.record_id
    FROM allowed AS a
    JOIN per_diem_keys AS k ON k.level = 'city' AND k.key_state = a.state AND k.place_key = a.city_key
    JOIN per_diem_rates AS r
        ON r.state = k.state AND r.place = k.place AND r.county IS NOT DISTINCT FROM k.county
        AND a.night BETWEEN r.season_from AND r.season_to
    UNION ALL
    SELECT a.expense_id, a.night, 2, 'county', r.state, r.place, r.lodging, r.meals, r.currency, r.record_id
    FROM allowed AS a
    JOIN per_diem_keys AS k ON k.level = 'county' AND k.key_state = a.state AND k.place_key = a.county_key
    JOIN per_diem_rates AS r
        ON r.state = k.state AND r.place = k.place AND r.county IS NOT DISTINCT FROM k.county
        AND a.night BETWEEN r.season_from AND r.season_to
    UNION ALL
    SELECT a.expense_id, a.night, 3, 'standard', NULL, NULL, r.lodging, r.meals, r.currency, r.record_id
    FROM allowed AS a
    JOIN per_diem_rates AS r
        ON r.place IS NULL AND r.state IS NULL AND a.night BETWEEN r.season_from AND r.season_to
    WHERE length(a.state) = 2 AND a.state NOT IN ('AK', 'HI', 'PR', 'GU', 'VI', 'AS', 'MP', 'DC')
        AND (
            a.county_key IS NOT NULL
            OR NOT EXISTS (
                SELECT 1
                FROM per_diem_keys AS k
                JOIN per_diem_rates AS l
                    ON l.state = k.state AND l.place = k.place AND l.county IS NOT DISTINCT FROM k.county
                WHERE k.key_state = a.state AND a.night BETWEEN l.season_from AND l.season_to
            )
        )
        AND NOT EXISTS (SELECT 1 FROM per_diem_keys AS k WHERE k.level = 'not understood')
        AND NOT EXISTS (SELECT 1 FROM misspelt AS m WHERE m.state = a.state AND m.county_key = a.county_key)
),
chosen AS (
    SELECT *
    FROM found
    QUALIFY rank = min(rank) OVER (PARTITION BY expense_id, night)
),
rated AS (
    SELECT
        c.expense_id, c.night, any_value(c.level) AS level, min(c.currency) AS rate_currency,
        min(CASE WHEN s.cost_class = 'lodging' THEN c.lodging ELSE c.meals END) AS rate,
        count(DISTINCT (CASE WHEN s.cost_class = 'lodging' THEN c.lodging ELSE c.meals END, c.currency)) AS choices,
        list_sort(list(DISTINCT coalesce(c.place || ', ' || c.state, 'the standard rate'))) AS rate_places,
        list_sort(list(DISTINCT c.record_id)) AS rate_ids
    FROM chosen AS c
    JOIN per_diem_spent AS s ON s.expense_id = c.expense_id
    GROUP BY c.expense_id, c.night
),
listings AS (
    SELECT
        a.state, a.night, count(*) > 0 AS listed,
        bool_or(a.night BETWEEN r.season_from AND r.season_to) AS covered
    FROM (SELECT DISTINCT state, night FROM allowed) AS a
    JOIN per_diem_rates AS r ON r.state = a.state
    WHERE length(a.state) > 2 OR a.state IN ('AK', 'HI', 'PR', 'GU', 'VI', 'AS', 'MP')
    GROUP BY ALL
),
tables AS (
    SELECT DISTINCT fiscal_year FROM per_diem_rates WHERE place IS NULL
)
SELECT
    a.expense_id, a.night, CAST(a.least AS DECIMAL(3,2)) AS least, CAST(a.most AS DECIMAL(3,2)) AS most,
    r.level, r.rate, r.rate_places, coalesce(r.rate_ids, []) AS rate_ids, a.travel_from, a.travel_to,
    CASE
        WHEN a.problem IS NOT NULL THEN a.problem
        WHEN a.place IS NULL THEN 'the place is not on record'
        WHEN a.state IS NULL THEN 'the place names no state: ' || a.place
        WHEN r.choices > 1 THEN
            a.place || ' fits several destinations with different rates: ' || array_to_string(r.rate_places, '; ')
        WHEN r.rate IS NOT NULL AND r.rate_currency <> a.currency THEN
            'the rate is in ' || r.rate_currency || ', and the expense in ' || a.currency
        WHEN r.rate = 0 THEN
            'the table has a rate of 0 for ' || a.place || ': its footnote says what is provided or allowed instead'
        WHEN r.rate IS NOT NULL THEN NULL
        WHEN l.listed AND NOT l.covered THEN
            'no per diem table on record shows the rates of ' || a.state || ' on ' || a.night
        WHEN l.listed THEN
            a.place || ' is not a listed destination of ' || a.state
            || '; if the rate of places not listed applies, record the place as Other, ' || a.state
        WHEN t.fiscal_year IS NULL THEN
            'no per diem table of fiscal year ' || (year(a.night) + (month(a.night) >= 10)::INTEGER) || ' is on record'
        WHEN a.state IN ('AK', 'HI', 'PR', 'GU', 'VI', 'AS', 'MP') THEN
            a.state || ' lies outside the tables of the continental United States'
        WHEN EXISTS (SELECT 1 FROM per_diem_keys AS k WHERE k.level = 'not understood') THEN
            'the table defines a destination in words that are not understood'
        WHEN m.listed THEN
            'the county of ' || a.place || ' is spelt almost as one that is listed for ' || a.state
        ELSE
            a.place || ' is not a listed destination of ' || a.state
            || ', and its county, which may be listed, is not on record'
    END AS problem
FROM allowed AS a
LEFT JOIN rated AS r ON r.expense_id = a.expense_id AND r.night = a.night
LEFT JOIN tables AS t ON t.fiscal_year = year(a.night) + (month(a.night) >= 10)::INTEGER
LEFT JOIN listings AS l ON l.state = a.state AND l.night = a.night
LEFT JOIN misspelt AS m ON m.state = a.state AND m.county_key = a.county_key
