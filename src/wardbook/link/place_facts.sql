-- What the places of each use's route say, a row for each use with a route.
SELECT use_id,
       count(*) AS stops,
       count(inside) AS placed,
       bool_or(coalesce(NOT inside, false)) AS outside,
       string_agg(DISTINCT place_text, ', ' ORDER BY place_text) FILTER (NOT inside) AS outside_places,
       string_agg(DISTINCT place_text, ', ' ORDER BY place_text) FILTER (inside IS NULL) AS unplaced,
       bool_or(coalesce(kind = 'residence', false) AND position IN (1, stops_of_use)) AS residence,
       bool_or(coalesce(kind = 'campaign office', false)) AS campaign,
       arg_min(kind, position) FILTER (position = 1) AS first_kind,
       arg_max(kind, position) FILTER (position = stops_of_use) AS last_kind,
       bool_and(register_id IS NOT NULL) FILTER (position IN (1, stops_of_use)) AS ends_registered,
       list_sort(list(DISTINCT register_id) FILTER (register_id IS NOT NULL)) AS register_ids
FROM use_stops
GROUP BY use_id
