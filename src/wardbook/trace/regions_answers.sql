-- What each combination of codes means, in words; there are few in a cell.
WITH combinations AS (
  SELECT *, row_number() OVER (ORDER BY cell, code, touched, world_code, world_touched) AS combination
  FROM (SELECT DISTINCT cell, code, touched, world_code, world_touched FROM {coded})
),
candidates AS (
  SELECT c.combination, r.county, r.region, r.country
  FROM combinations c
  JOIN shape_regions r ON r.code = c.code
  UNION
  SELECT c.combination, r.county, r.region, r.country
  FROM combinations c
  JOIN {us_bits} b ON b.cell = c.cell AND ((c.touched >> b.bit) & 1) = 1
  JOIN shape_regions r ON r.code = b.code
  UNION
  SELECT c.combination, r.county, CASE WHEN r.country <> 'US' THEN r.region END, r.country
  FROM combinations c
  JOIN shape_regions r ON r.code = c.world_code
  UNION
  SELECT c.combination, r.county, r.region, r.country
  FROM combinations c
  JOIN {world_bits} b ON b.cell = c.cell AND ((c.world_touched >> b.bit) & 1) = 1
  JOIN shape_regions r ON r.code = b.code AND r.country <> 'US'
),
labels AS (
  SELECT combination, 'region' AS level, region AS label FROM candidates WHERE region IS NOT NULL
  UNION
  SELECT combination, 'county', county FROM candidates WHERE county IS NOT NULL
  UNION
  SELECT combination, 'country', country FROM candidates
),
numbered AS (
  SELECT *, row_number() OVER (PARTITION BY combination, level ORDER BY label) AS place FROM labels
),
texts AS (
  SELECT combination, level, count(*) AS labels,
         max(CASE WHEN place = 1 THEN label END)
         || coalesce('|' || max(CASE WHEN place = 2 THEN label END), '')
         || coalesce('|' || max(CASE WHEN place = 3 THEN label END), '')
         || coalesce('|' || max(CASE WHEN place = 4 THEN label END), '')
         || coalesce('|' || max(CASE WHEN place = 5 THEN label END), '')
         || coalesce('|' || max(CASE WHEN place = 6 THEN label END), '')
         || CASE WHEN count(*) > 6 THEN '|and more' ELSE '' END AS text
  FROM numbered
  GROUP BY combination, level
),
worded AS (
  SELECT c.cell, c.code, c.touched, c.world_code, c.world_touched,
         r.text AS regions, k.text AS counties, n.text AS countries,
         CASE WHEN r.labels > 1 THEN 'boundary'
              WHEN r.labels IS NULL THEN 'outside'
              WHEN c.code <> 0 OR c.world_code <> 0 AND w.country <> 'US' THEN 'inside'
              ELSE 'shore' END AS basis,
         k.labels = 1 AND c.code <> 0 AND n.labels = 1 AS county_known,
         n.labels = 1 AND (c.code <> 0 OR c.world_code <> 0) AS country_known
  FROM combinations c
  LEFT JOIN texts r ON r.combination = c.combination AND r.level = 'region'
  LEFT JOIN texts k ON k.combination = c.combination AND k.level = 'county'
  LEFT JOIN texts n ON n.combination = c.combination AND n.level = 'country'
  LEFT JOIN shape_regions w ON w.code = c.world_code
)
SELECT w.cell, w.code, w.touched, w.world_code, w.world_touched,
       CASE WHEN basis = 'inside' THEN regions END AS region, regions, basis,
       CASE WHEN county_known THEN counties END AS county, counties,
       CASE WHEN county_known THEN s.name END AS county_name,
       CASE WHEN country_known THEN countries END AS country, countries,
       CASE WHEN basis = 'inside' THEN regions
            WHEN basis = 'outside' THEN 'outside'
            ELSE regions || ', ' || basis END AS jurisdiction
FROM worded w
LEFT JOIN shape_regions s ON county_known AND s.county = w.counties
