-- Each border a track crosses: between two fixes whose place is sure, and which one after the other lie in
-- different regions. Fixes near a line, of which one cannot say, stand between them and are counted.
WITH ordered AS (
  SELECT p.{track} AS track, p.{key} AS position_key, p.{lat} AS lat_e6, p.{lon} AS lon_e6,
         row_number() OVER (PARTITION BY p.{track} ORDER BY p.{order}, p.{key}) AS place,
         coalesce(l.{level}, CASE WHEN l.{levels} IS NULL THEN 'outside' END) AS name
  FROM {relation} p
  JOIN {located} l ON l.{key} = p.{key}
  WHERE l.basis <> 'no position'
),
hops AS (
  SELECT track, place, name, position_key, lat_e6, lon_e6,
         lag(name) OVER along AS from_name, lag(position_key) OVER along AS from_key,
         lag(place) OVER along AS from_place, lag(lat_e6) OVER along AS from_lat_e6,
         lag(lon_e6) OVER along AS from_lon_e6
  FROM ordered
  WHERE name IS NOT NULL
  WINDOW along AS (PARTITION BY track ORDER BY place)
),
crossed AS (
  SELECT *, w_metres(from_lat_e6, from_lon_e6, lat_e6, lon_e6) AS metres
  FROM hops
  WHERE from_name <> name
)
SELECT c.track AS {track}, row_number() OVER (PARTITION BY c.track ORDER BY c.place) AS number,
       c.from_name, c.name AS to_name,
       CASE WHEN 'outside' IN (c.from_name, c.name) THEN 'shore'
            WHEN n.name IS NULL THEN 'jumped'
            WHEN c.metres > {longest} THEN 'unobserved'
            ELSE 'crossed' END AS kind,
       c.from_key, c.position_key AS to_key, c.place - c.from_place - 1 AS unsure_between, c.metres
FROM crossed c
LEFT JOIN {neighbors} n ON n.name = c.from_name AND n.neighbor = c.name
