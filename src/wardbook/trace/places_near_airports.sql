-- Each position with the nearest public airport within the reach, as a label.
WITH met AS (
  SELECT p.position_key, a.place_id AS code, a.name,
         (p.x - a.x + 540000000) % 360000000 - 180000000 AS dx, p.y - a.y AS dy, a.kx_e9 / 1e9 * {metres} AS kx
  FROM (SELECT position_key, x, y, y // 250000 * 1440 + x // 250000 AS cell FROM ({placed})) p
  JOIN {cells} c ON c.cell = p.cell
  JOIN {areas} a ON a.place_id = c.place_id
),
measured AS (
  SELECT position_key, code, name,
         CAST(floor(sqrt(dx * kx * (dx * kx) + dy * {metres} * (dy * {metres})) + 5e-1) AS BIGINT) AS metres
  FROM met
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY position_key ORDER BY metres, code) AS place
  FROM measured
  WHERE metres <= {reach}
)
SELECT p.{key} AS {key}, n.code AS airport, n.metres AS airport_m,
       'near ' || n.name || ', ' || (n.metres + 500) // 1000 || ' km' AS label
FROM {relation} p
LEFT JOIN numbered n ON n.position_key = p.{key} AND n.place = 1
