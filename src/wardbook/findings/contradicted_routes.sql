-- Days on which a vehicle's track stays away from every route logged for it that day. A fix is near a leg if it lies within the reach of an
-- end of the leg or of the great circle between its ends. Only days whose every leg has known ends are
-- judged: an unknown place could be anywhere. Positions are unit vectors; n is the pole of a leg's circle,
-- m and q point inward at its ends. `chord` is sin(reach / R), `cosine` is cos(reach / R). A fix is also near a
-- leg if the way from one end over it to the other is longer than the leg by no more than `detour` (metres) and
-- `share` of the leg: airways and weather bend long flights. Only fixes near neither way are away.
WITH tracked AS (
    SELECT DISTINCT u.vehicle, u.date, t.track_id
    FROM use_tracks AS t
    JOIN uses AS u ON u.use_id = t.use_id
    WHERE u.vehicle IS NOT NULL AND u.date IS NOT NULL
),
day_uses AS (
    SELECT u.use_id, u.vehicle, u.date, u.route, u.sources
    FROM uses AS u
    SEMI JOIN tracked AS t ON t.vehicle = u.vehicle AND t.date = u.date
),
route AS (
    SELECT d.vehicle, d.date, l.from_lat_e6, l.from_lon_e6, l.to_lat_e6, l.to_lon_e6
    FROM day_uses AS d
    LEFT JOIN legs AS l ON l.use_id = d.use_id AND l.track_id IS NULL
),
known AS (
    SELECT vehicle, date
    FROM route
    GROUP BY vehicle, date
    HAVING bool_and(
        from_lat_e6 IS NOT NULL AND from_lon_e6 IS NOT NULL AND to_lat_e6 IS NOT NULL AND to_lon_e6 IS NOT NULL
    )
),
ends AS (
    SELECT DISTINCT
        vehicle, date,
        cos(radians(from_lat_e6 / 1e6)) * cos(radians(from_lon_e6 / 1e6)) AS ax,
        cos(radians(from_lat_e6 / 1e6)) * sin(radians(from_lon_e6 / 1e6)) AS ay,
        sin(radians(from_lat_e6 / 1e6)) AS az,
        cos(radians(to_lat_e6 / 1e6)) * cos(radians(to_lon_e6 / 1e6)) AS bx,
        cos(radians(to_lat_e6 / 1e6)) * sin(radians(to_lon_e6 / 1e6)) AS "by",
        sin(radians(to_lat_e6 / 1e6)) AS bz
    FROM route
    SEMI JOIN known USING (vehicle, date)
),
poles AS (
    SELECT
        *, (ay * bz - az * "by") AS rx, (az * bx - ax * bz) AS ry, (ax * "by" - ay * bx) AS rz,
        sqrt(pow(ay * bz - az * "by", 2) + pow(az * bx - ax * bz, 2) + pow(ax * "by" - ay * bx, 2)) AS size
    FROM ends
),
circles AS (
    SELECT
        * EXCLUDE (rx, ry, rz, size),
        CASE WHEN size > 1e-9 THEN rx / size ELSE 0 END AS nx,
        CASE WHEN size > 1e-9 THEN ry / size ELSE 0 END AS ny,
        CASE WHEN size > 1e-9 THEN rz / size ELSE 0 END AS nz,
        size > 1e-9 AS has_length,
        {detour} / {radius} + (1 + {share}) * acos(greatest(-1, least(1, ax * bx + ay * "by" + az * bz))) AS allowed
    FROM poles
),
points AS (
    SELECT
        t.vehicle, t.date, f.track_id, f.position AS fix,
        cos(radians(f.lat_e6 / 1e6)) * cos(radians(f.lon_e6 / 1e6)) AS px,
        cos(radians(f.lat_e6 / 1e6)) * sin(radians(f.lon_e6 / 1e6)) AS py,
        sin(radians(f.lat_e6 / 1e6)) AS pz
    FROM tracked AS t
    SEMI JOIN known AS k ON k.vehicle = t.vehicle AND k.date = t.date
    JOIN fixes AS f ON f.track_id = t.track_id
    WHERE f.lat_e6 IS NOT NULL AND f.lon_e6 IS NOT NULL
),
judged AS (
    SELECT
        p.vehicle, p.date, p.track_id, p.fix,
        bool_or(
            p.px * c.ax + p.py * c.ay + p.pz * c.az >= {cosine}
            OR p.px * c.bx + p.py * c."by" + p.pz * c.bz >= {cosine}
            OR (
                c.has_length
                AND abs(p.px * c.nx + p.py * c.ny + p.pz * c.nz) <= {chord}
                AND p.px * (c.ny * c.az - c.nz * c.ay) + p.py * (c.nz * c.ax - c.nx * c.az)
                    + p.pz * (c.nx * c.ay - c.ny * c.ax) >= 0
                AND p.px * (c."by" * c.nz - c.bz * c.ny) + p.py * (c.bz * c.nx - c.bx * c.nz)
                    + p.pz * (c.bx * c.ny - c."by" * c.nx) >= 0
            )
            OR acos(greatest(-1, least(1, p.px * c.ax + p.py * c.ay + p.pz * c.az)))
                + acos(greatest(-1, least(1, p.px * c.bx + p.py * c."by" + p.pz * c.bz))) <= c.allowed
        ) AS near,
        max(greatest(
            p.px * c.ax + p.py * c.ay + p.pz * c.az, p.px * c.bx + p.py * c."by" + p.pz * c.bz
        )) AS closeness
    FROM points AS p
    JOIN circles AS c ON c.vehicle = p.vehicle AND c.date = p.date
    GROUP BY p.vehicle, p.date, p.track_id, p.fix
),
distances AS (
    SELECT
        vehicle, date, count(*) AS fixes, count(*) FILTER (NOT near) AS far_fixes,
        CAST(round({radius} * acos(least(1, max(closeness)))) AS BIGINT) AS nearest_m,
        CAST(round({radius} * acos(greatest(-1, min(closeness) FILTER (NOT near)))) AS BIGINT) AS farthest_m,
        list_sort(list(DISTINCT track_id)) AS track_ids
    FROM judged
    GROUP BY vehicle, date
)
SELECT
    d.vehicle, d.date, d.fixes, d.far_fixes, d.nearest_m, d.farthest_m, d.track_ids,
    list_sort(list(u.use_id)) AS use_ids, list_sort(list(coalesce(u.route, 'no route'))) AS routes,
    list_sort(list_distinct(flatten(list(u.sources)))) AS sources
FROM distances AS d
JOIN day_uses AS u ON u.vehicle = d.vehicle AND u.date = d.date
WHERE d.far_fixes = d.fixes OR d.far_fixes >= {far_fixes}
GROUP BY ALL
