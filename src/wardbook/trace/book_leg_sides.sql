-- Whether a leg has a position that is surely outside of the region {home}, and whether all are surely inside.
SELECT p.leg_id,
       bool_or(coalesce(NOT list_contains(string_split(l.regions, '|'), {home}), FALSE)) AS outside,
       bool_and(coalesce(l.region = {home}, FALSE)) AS inside
FROM book_points p
JOIN book_located l ON l.position_id = p.position_id
GROUP BY p.leg_id
