-- Both layers' answers in codes. The countries are asked where the counties leave something open: 0, none.
-- Where no line is near, the answer hangs on the shapes alone, not on the cell: it is -1 there.
SELECT position_key, CASE WHEN touched = 0 THEN CAST(-1 AS BIGINT) ELSE cell END AS cell, code, touched,
       region_line_m, county_line_m, CAST(0 AS BIGINT) AS world_code, CAST(0 AS BIGINT) AS world_touched
FROM {us}
WHERE code <> 0 AND (touched & 1) = 0
UNION ALL
SELECT u.position_key, CASE WHEN u.touched = 0 AND w.touched = 0 THEN CAST(-1 AS BIGINT) ELSE u.cell END, u.code,
       u.touched, coalesce(u.region_line_m, w.region_line_m), u.county_line_m, w.code, w.touched
FROM {us} u
JOIN {world} w ON w.position_key = u.position_key
WHERE u.code = 0 OR (u.touched & 1) = 1
