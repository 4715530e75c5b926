-- The intervals that no movement belongs to.
SELECT i.interval_id, i.kind,
       CASE WHEN i.hi < i.lo THEN 'it ends before it begins'
            WHEN i.kind = 'event' THEN 'no movement leads to it, from it, or lies in it'
            ELSE 'no movement lies in its time' END AS reason
FROM intervals i
LEFT JOIN (SELECT DISTINCT interval_id FROM leg_intervals) g ON g.interval_id = i.interval_id
WHERE g.interval_id IS NULL
