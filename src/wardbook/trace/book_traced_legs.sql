-- The legs of the book with their places, regions and borders. An end at a place of the register that says whether it
-- lies inside the jurisdiction is taken at its word; elsewhere the shapes say it.
WITH ends AS (
  SELECT e.position_id, n.place, n.kind, p.inside_jurisdiction AS inside
  FROM book_ends e
  LEFT JOIN book_places n ON n.position_id = e.position_id
  LEFT JOIN places p ON p.record_id = n.place_id
),
regions AS (
  SELECT p.leg_id, arg_min(l.jurisdiction, p.ts) AS from_region, arg_max(l.jurisdiction, p.ts) AS to_region, min(l.shapes) AS shapes
  FROM book_points p
  JOIN book_located l ON l.position_id = p.position_id
  GROUP BY p.leg_id
)
SELECT l.leg_id, l.vehicle_key, coalesce(a.written, z.written) AS vehicle, l.kind, l.start_at, l.start_lo, l.start_hi, l.end_at, l.end_lo, l.end_hi,
       l.start_by, l.end_by, CAST(l.from_lat_e6 AS BIGINT) AS from_lat_e6, CAST(l.from_lon_e6 AS BIGINT) AS from_lon_e6,
       CAST(l.to_lat_e6 AS BIGINT) AS to_lat_e6, CAST(l.to_lon_e6 AS BIGINT) AS to_lon_e6,
       f.place AS from_place, t.place AS to_place, f.kind AS from_place_kind, t.kind AS to_place_kind,
       r.from_region, r.to_region,
       CASE WHEN f.inside = FALSE OR t.inside = FALSE OR s.outside THEN TRUE
            WHEN s.inside OR ({home} IS NULL AND f.inside AND t.inside) THEN FALSE END AS outside,
       coalesce(b.borders, []) AS borders, r.shapes,
       CAST(l.metres AS BIGINT) AS metres, CAST(l.moving_s AS BIGINT) AS moving_s, CAST(l.gap_s AS BIGINT) AS gap_s,
       CAST(l.top_kmh AS BIGINT) AS top_kmh, CAST(l.fixes AS BIGINT) AS fixes, l.odometer_m, l.ignition_on_at, l.ignition_off_at,
       l.differences, l.profile,
       list_sort(list_distinct([i FOR i IN [a.record_id, z.record_id, a.track_id, z.track_id] IF i IS NOT NULL])) AS sources
FROM book_legs l
LEFT JOIN ends f ON f.position_id = l.leg_id || ' from'
LEFT JOIN ends t ON t.position_id = l.leg_id || ' to'
LEFT JOIN regions r ON r.leg_id = l.leg_id
LEFT JOIN book_leg_sides s ON s.leg_id = l.leg_id
LEFT JOIN book_leg_borders b ON b.leg_id = l.leg_id
LEFT JOIN book_fixes_numbered a ON a.source_row = l.first_row
LEFT JOIN book_fixes_numbered z ON z.source_row = l.last_row
