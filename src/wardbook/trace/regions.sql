-- Each position with its jurisdiction; a row without a position says so.
SELECT c.position_key AS {key}, a.region, a.basis, a.jurisdiction, a.regions, c.region_line_m, a.county,
       a.county_name, a.counties, c.county_line_m, a.country, a.countries, {shapes} AS shapes
FROM {coded} c
JOIN {answers} a ON a.cell = c.cell AND a.code = c.code AND a.touched = c.touched
                AND a.world_code = c.world_code AND a.world_touched = c.world_touched
UNION ALL
SELECT {key}, NULL, 'no position', 'no position', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, {shapes}
FROM {relation}
WHERE NOT coalesce({lat} BETWEEN -90000000 AND 90000000 AND {lon} BETWEEN -180000000 AND 180000000, FALSE)
