-- What the device of the vehicle recorded of each use: the movements linked to any of its log entries, taken together.
-- The part for private purposes is known where the calendar says of every movement what it was for. An end of the use is the start of its first movement or the end of its last.
WITH linked AS (
  SELECT DISTINCT r.use_id, e.leg_id
  FROM entry_legs e
  JOIN use_records r ON r.record_id = e.entry_id
),
ordered AS (
  SELECT k.use_id, l.*, p.purpose, count(*) OVER (PARTITION BY k.leg_id) > 1 AS is_shared,
         row_number() OVER (PARTITION BY k.use_id ORDER BY l.start_at, l.leg_id) = 1 AS is_first,
         row_number() OVER (PARTITION BY k.use_id ORDER BY l.end_at DESC, l.leg_id DESC) = 1 AS is_last
  FROM linked k
  JOIN traced_legs l ON l.leg_id = k.leg_id
  LEFT JOIN leg_purposes p ON p.leg_id = k.leg_id
)
SELECT use_id, count(*) AS movements, list_sort(list(leg_id)) AS leg_ids,
       CAST(sum(metres) AS BIGINT) AS metres, CAST(sum(moving_s) AS BIGINT) AS moving_s,
       CASE WHEN bool_and(coalesce(purpose <> 'mixed', FALSE))
            THEN CAST(coalesce(sum(CASE WHEN purpose IN ({private}) THEN metres END), 0) AS BIGINT) END AS private_metres,
       CASE WHEN bool_and(coalesce(purpose <> 'mixed', FALSE))
            THEN CAST(coalesce(sum(CASE WHEN purpose IN ({private}) THEN moving_s END), 0) AS BIGINT) END AS private_s,
       min(start_at) AS first_at, max(end_at) AS last_at,
       bool_or(kind <> 'leg') AS unobserved, bool_or(is_shared) AS shared,
       bool_or(coalesce(outside, FALSE)) AS outside,
       bool_and(coalesce(NOT outside AND kind = 'leg', FALSE)) AS inside,
       coalesce(max(from_place_kind) FILTER (is_first), '') AS from_kind,
       coalesce(max(to_place_kind) FILTER (is_last), '') AS to_kind,
       coalesce(max(from_place) FILTER (is_first), 'no place of the register') AS from_place,
       coalesce(max(to_place) FILTER (is_last), 'no place of the register') AS to_place,
       bool_or(coalesce(from_place_kind = 'campaign office' OR to_place_kind = 'campaign office', FALSE)) AS campaign,
       list_sort(list_distinct(flatten(list(sources)))) AS sources
FROM ordered
GROUP BY use_id
