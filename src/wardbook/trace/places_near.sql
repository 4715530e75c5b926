-- Each position with the nearest place whose area holds it; places equally near are all named.
WITH nearest AS (
  SELECT *, min(metres) OVER of_position AS least_metres, count(*) OVER of_position AS areas
  FROM {pairs}
  WINDOW of_position AS (PARTITION BY position_key)
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY position_key ORDER BY name, place_id) AS place
  FROM nearest
  WHERE metres = least_metres
),
named AS (
  SELECT position_key, CAST(count(*) AS BIGINT) AS tied, min(areas) AS areas, min(metres) AS metres,
         max(radius_m) AS radius_m, bool_and(outlined) AS outlined, CASE WHEN count(*) = 1 THEN min(place_id) END AS place_id,
         CASE WHEN count(kind) = count(*) AND min(kind) = max(kind) THEN min(kind) END AS kind,
         max(CASE WHEN place = 1 THEN name END)
         || coalesce('|' || max(CASE WHEN place = 2 THEN name END), '')
         || coalesce('|' || max(CASE WHEN place = 3 THEN name END), '')
         || coalesce('|' || max(CASE WHEN place = 4 THEN name END), '')
         || CASE WHEN count(*) > 4 THEN '|and more' ELSE '' END AS place
  FROM numbered
  GROUP BY position_key
)
SELECT p.{key} AS {key}, n.place_id, n.place, n.kind, n.metres, n.radius_m, n.tied, n.areas,
       'the book''s list of places: '
       || CASE WHEN n.tied IS NULL THEN 'none is that near'
               WHEN n.tied > 1 THEN n.tied || ' of them, each ' || n.metres || ' m away'
               WHEN n.outlined AND n.metres = 0 THEN 'inside its outline'
               WHEN n.outlined THEN n.metres || ' m outside its outline, at most ' || n.radius_m || ' m'
               ELSE n.metres || ' m from it, at most ' || n.radius_m || ' m' END AS basis
FROM {relation} p
LEFT JOIN named n ON n.position_key = p.{key}
