-- The names by which each destination of the per diem tables is found: cities and counties, by state. A city
-- wins over a county. Counties are joined with "/", "," or "and"; what a county leaves out is a city that is
-- listed by itself. The District of Columbia reaches into two states, in words of its own.
WITH destinations AS (
    SELECT
        state, place, county,
        regexp_replace(place, '\s*\(.*\)|\s+\[.*$', '') AS cities_text,
        regexp_extract(place, '\(includes the boroughs of ([^)]*)\)', 1) AS boroughs_text,
        regexp_replace(coalesce(county, ''), ',?\s+(less the city of|excluding)\s.*$', '', 'i') AS counties_text,
        '^Washington,? DC \(also the cities of (.*), and the counties of (.*), in Virginia; and the counties of '
        || '(.*) in Maryland\)$' AS district
    FROM per_diem_rates
    WHERE place IS NOT NULL AND state IS NOT NULL
    GROUP BY state, place, county
),
words AS (
    SELECT
        state, place, county, state AS key_state, 'city' AS level,
        unnest(regexp_split_to_array(cities_text, '\s*[/,]\s*')) AS word
    FROM destinations
    UNION ALL
    SELECT state, place, county, state, 'city', unnest(regexp_split_to_array(boroughs_text, '\s*,\s*|\s+and\s+'))
    FROM destinations
    UNION ALL
    SELECT
        state, place, county, state, 'county',
        unnest(regexp_split_to_array(counties_text, '\s*/\s*|\s*[,;]\s*(?:and\s+)?|\s+and\s+'))
    FROM destinations
    WHERE NOT contains(counties_text, '(')
    UNION ALL
    SELECT state, place, county, 'VA', 'city', unnest(regexp_split_to_array(regexp_extract(counties_text, district, 1), '\s*,\s*|\s+and\s+'))
    FROM destinations
    UNION ALL
    SELECT state, place, county, 'VA', 'county', unnest(regexp_split_to_array(regexp_extract(counties_text, district, 2), '\s*,\s*|\s+and\s+'))
    FROM destinations
    UNION ALL
    SELECT state, place, county, 'MD', 'county', unnest(regexp_split_to_array(regexp_extract(counties_text, district, 3), '\s*,\s*|\s+and\s+'))
    FROM destinations
    UNION ALL
    SELECT state, place, county, state, 'city', 'Washington'
    FROM destinations
    WHERE state = 'DC'
    UNION ALL
    SELECT state, place, county, state, 'not understood', counties_text
    FROM destinations
    WHERE contains(counties_text, '(') AND NOT regexp_full_match(counties_text, district)
),
own_cities AS (
    SELECT
        state, place, county, key_state, word,
        CASE
            WHEN level = 'county' AND regexp_matches(word, '^(the )?(city|cities|city limits) of |\scity$|\sAFB$|^NAWS ', 'i')
                THEN 'city'
            ELSE level
        END AS level
    FROM words
    WHERE trim(word) <> ''
),
named AS (
    SELECT state, place, county, key_state, level, word FROM own_cities
    UNION ALL
    SELECT state, place, county, key_state, 'city', regexp_replace(word, '\scity$', '', 'i')
    FROM own_cities
    WHERE level = 'city' AND regexp_matches(word, '\scity$', 'i') AND (
        list_contains(regexp_split_to_array(county, '\s*[/,]\s*'), word)
        OR list_contains(regexp_split_to_array(county, '\s*[/,]\s*'), regexp_replace(word, '\scity$', '', 'i'))
    )
)
SELECT DISTINCT
    state, place, county, key_state, level,
    CASE level
        WHEN 'city' THEN w_place_key(regexp_replace(word, '^(the )?(city|cities|city limits) of |^the ', '', 'i'))
        WHEN 'county' THEN w_county_key(word)
        ELSE word
    END AS place_key
FROM named
