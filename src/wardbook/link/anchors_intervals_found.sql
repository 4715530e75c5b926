-- An interval and a movement in its time: for an authorization, assessment or declining whether it holds throughout; for
-- an event whether the movement leads to it, from it, lies in it or around it. A movement that ends or begins far from
-- the place of the event is none of its.
WITH related AS (
  SELECT leg_id, interval_id, kind, way, arrives, to_agrees, from_agrees, lo, hi, start_lo, end_hi,
         CASE WHEN kind <> 'event' THEN CASE WHEN lo <= start_lo AND hi >= end_hi THEN 'throughout' ELSE 'in part' END
              WHEN start_s >= lo AND end_s <= hi
              THEN CASE arrives WHEN 1 THEN 'to it' WHEN -1 THEN 'from it' ELSE 'during' END
              WHEN start_s < lo AND end_s > hi THEN 'around it'
              WHEN start_s < lo THEN 'to it' ELSE 'from it' END AS relation
  FROM ({pairs}) p
),
judged AS (
  SELECT r.*,
         CASE WHEN kind <> 'event' THEN 0 WHEN relation = 'to it' THEN greatest(lo - end_hi, 0)
              WHEN relation = 'from it' THEN greatest(start_lo - hi, 0) ELSE 0 END AS seconds,
         CASE relation WHEN 'to it' THEN to_agrees WHEN 'from it' THEN from_agrees ELSE 0 END AS agrees
  FROM related r
)
SELECT DISTINCT leg_id, interval_id, kind, relation, CAST(seconds AS BIGINT) AS seconds,
       CASE agrees WHEN 1 THEN 'agrees' ELSE 'not compared' END AS place,
       CAST(100 - least(40, CAST(seconds // 120 AS BIGINT))
         - CASE WHEN relation = 'in part' THEN 20 ELSE 0 END
         - CASE WHEN kind <> 'event' OR agrees = 1 THEN 0 ELSE 10 END AS BIGINT) AS score,
       CASE way WHEN 1 THEN 'of the vehicle' WHEN 2 THEN 'of a person aboard' WHEN 3 THEN 'at the place'
                ELSE 'for all' END
       || CASE relation WHEN 'throughout' THEN '; in force throughout the movement'
                        WHEN 'in part' THEN '; in force in part of the movement, as far as its bounds tell'
                        WHEN 'during' THEN '; the movement lies in its time'
                        WHEN 'around it' THEN '; the movement lasts from before it to after it'
                        WHEN 'to it' THEN CASE WHEN seconds = 0 THEN '; the movement ends in its time'
                          ELSE '; the movement ends ' || CAST(CAST((seconds + 59) // 60 AS BIGINT) AS VARCHAR)
                               || ' min before it' END
                        ELSE CASE WHEN seconds = 0 THEN '; the movement begins in its time'
                          ELSE '; the movement begins ' || CAST(CAST((seconds + 59) // 60 AS BIGINT) AS VARCHAR)
                               || ' min after it' END END
       || CASE agrees WHEN 1 THEN '; at the same place' ELSE '' END AS reason
FROM judged
WHERE kind <> 'event' OR (agrees >= 0 AND (arrives = 0 OR (arrives = 1 AND relation = 'to it')
      OR (arrives = -1 AND relation = 'from it')))
