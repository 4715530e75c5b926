-- Each expense of lodging or meals beside its per diem. Where a record leaves a night or a share of a day open,
-- it is over only if it is over the most that the rates allow, and within only if within the least.
WITH priced AS (
    SELECT
        n.*, s.persons,
        CAST(round(n.rate * n.least, 2) AS DECIMAL(18,2)) AS least_rate,
        CAST(round(n.rate * n.most, 2) AS DECIMAL(18,2)) AS most_rate
    FROM per_diem_nights AS n
    JOIN per_diem_spent AS s ON s.expense_id = n.expense_id
),
caps AS (
    SELECT
        expense_id, count(*) AS nights, count(*) FILTER (WHERE least > 0) AS nights_sure,
        CAST(sum(persons * least_rate) AS DECIMAL(18,2)) AS least, CAST(sum(persons * most_rate) AS DECIMAL(18,2)) AS most,
        list_sort(list(DISTINCT level) FILTER (WHERE level IS NOT NULL)) AS levels,
        list_sort(list_distinct(flatten(list(rate_places)))) AS rate_places,
        list_distinct(flatten(list(rate_ids))) AS rate_ids,
        any_value(travel_from) AS travel_from, any_value(travel_to) AS travel_to,
        list_sort(list(DISTINCT problem) FILTER (WHERE problem IS NOT NULL)) AS problems
    FROM priced
    GROUP BY expense_id
),
shares AS (
    SELECT
        expense_id, rate, least, most, min(night) AS first_night, count(*) AS nights
    FROM priced
    GROUP BY expense_id, rate, least, most
),
workings AS (
    SELECT
        h.expense_id,
        string_agg(
            h.nights || CASE WHEN s.cost_class = 'lodging' THEN ' night' ELSE ' day' END
            || CASE WHEN h.nights = 1 THEN '' ELSE 's' END || ' at '
            || CASE
                WHEN h.most = 0.75 THEN 'three quarters of '
                WHEN h.least = 0.75 THEN 'three quarters to the whole of '
                WHEN h.least = 0 THEN 'nothing (if the day of leaving) or '
                ELSE ''
            END || h.rate,
            ', ' ORDER BY h.first_night, h.least, h.most
        ) AS working
    FROM shares AS h
    JOIN per_diem_spent AS s ON s.expense_id = h.expense_id
    GROUP BY h.expense_id
),
judged AS (
    SELECT
        s.*, c.travel_from, c.travel_to, c.levels, c.rate_places, c.rate_ids, c.problems, c.nights AS days, c.nights_sure, c.least, c.most, w.working,
        CASE
            WHEN len(c.problems) > 0 THEN 'undetermined'
            WHEN s.expense > c.most THEN 'over'
            WHEN s.expense <= c.least THEN 'within'
            ELSE 'undetermined'
        END AS verdict
    FROM per_diem_spent AS s
    JOIN caps AS c ON c.expense_id = s.expense_id
    JOIN workings AS w ON w.expense_id = s.expense_id
),
capped AS (
    SELECT *, CASE verdict WHEN 'over' THEN most WHEN 'within' THEN least END AS cap FROM judged
)
SELECT
    expense_id, cost_class, trip, person, day, day_to, place,
    nullif(array_to_string(levels, ' and '), '') AS matched_by,
    nullif(array_to_string(rate_places, '; '), '') AS rate_place,
    CASE
        WHEN len(problems) > 0 THEN nights
        WHEN verdict = 'within' THEN nights_sure
        ELSE days
    END AS nights,
    persons, expense, cap, CAST(greatest(expense - cap, 0 * cap) AS DECIMAL(18,2)) AS over,
    currency, verdict,
    CASE
        WHEN len(problems) > 0 THEN 'undetermined: ' || array_to_string(problems, '; ')
        ELSE
            array_to_string(rate_places, '; ') || ' (' || array_to_string(list_transform(levels, lambda l: CASE l
                WHEN 'city' THEN 'listed by city'
                WHEN 'county' THEN 'listed by county'
                ELSE 'not listed'
            END), ', ') || '): ' || working || CASE WHEN persons = 1 THEN '' ELSE ', for ' || persons || ' persons' END
            || CASE WHEN least = most THEN ' = ' || most ELSE ': at least ' || least || ', at most ' || most END
            || CASE
                WHEN cost_class = 'meals' AND travel_from IS NOT NULL THEN
                    ', days of travel ' || travel_from || ' to ' || travel_to || ' by the records of the trip'
                ELSE ''
            END
            || '; spent ' || expense
            || CASE verdict
                WHEN 'over' THEN ', ' || (expense - most) || ' over'
                WHEN 'within' THEN ', within'
                ELSE ': not known which, as the record leaves open what was allowed'
            END
    END AS words,
    list_sort(list_distinct(list_concat(expense_ids, coalesce(rate_ids, [])))) AS sources
FROM capped
