-- The movements an anchor belongs to: the one around it; else the nearest before (arrived) and after it (left), as
-- far as its kind allows; and each movement during a parking.
WITH allowed AS (
  SELECT * FROM anchors_near
  WHERE seconds <= CASE kind WHEN 'toll' THEN {toll} WHEN 'fuel' THEN {fuel} ELSE {parking} END
),
held AS (
  SELECT anchor_id, min(CASE WHEN relation = 'inside' THEN 1 ELSE 2 END) AS sure
  FROM allowed WHERE relation IN ('inside', 'perhaps inside') GROUP BY anchor_id
),
ranked AS (
  SELECT a.*,
         row_number() OVER (PARTITION BY a.anchor_id, a.relation ORDER BY a.seconds, a.start_s, a.end_s, a.leg_id) AS place,
         min(a.seconds) OVER (PARTITION BY a.anchor_id) AS nearest
  FROM allowed a
  LEFT JOIN held h ON h.anchor_id = a.anchor_id
  WHERE h.anchor_id IS NULL OR (h.sure = 1 AND a.relation = 'inside') OR (h.sure = 2 AND a.relation = 'perhaps inside')
),
chosen AS (
  SELECT *,
         CASE relation WHEN 'arrived' THEN to_agrees WHEN 'left' THEN from_agrees ELSE 0 END AS agrees
  FROM ranked
  WHERE relation = 'moved during' OR (place = 1 AND (kind <> 'toll' OR seconds = nearest))
)
SELECT anchor_id, leg_id, kind, relation, CAST(seconds AS BIGINT) AS seconds,
       CASE agrees WHEN 1 THEN 'agrees' WHEN -1 THEN 'contradicts' ELSE 'not compared' END AS place,
       CAST(greatest(1, 100 - least(40, CAST(seconds // 60 AS BIGINT))
         - CASE relation WHEN 'inside' THEN 0 WHEN 'moved during' THEN 0 ELSE 10 END
         - CASE agrees WHEN 1 THEN 0 WHEN 0 THEN 5 ELSE 40 END) AS BIGINT) AS score,
       CASE relation WHEN 'inside' THEN 'the movement lies around it'
                     WHEN 'perhaps inside' THEN 'it lies within the bounds of the movement, not surely in it'
                     WHEN 'moved during' THEN 'the vehicle moved while it was parked'
                     WHEN 'arrived' THEN 'the movement ended ' || CAST(CAST((seconds + 59) // 60 AS BIGINT) AS VARCHAR)
                          || CASE WHEN kind = 'parking' THEN ' min from its begin' ELSE ' min before it' END
                     ELSE 'the movement began ' || CAST(CAST((seconds + 59) // 60 AS BIGINT) AS VARCHAR)
                          || CASE WHEN kind = 'parking' THEN ' min from its end' ELSE ' min after it' END END
       || CASE agrees WHEN 1 THEN '; at the same place' WHEN -1 THEN '; at another place' ELSE '' END AS reason
FROM chosen
