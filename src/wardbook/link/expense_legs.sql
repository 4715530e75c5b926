-- Each expense and each movement in its days that it may belong to, by the best of the ways: its trip before its vehicle
-- before a person aboard.
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY expense_id, leg_id ORDER BY CASE way WHEN 'trip' THEN 1 WHEN 'vehicle' THEN 2 ELSE 3 END) AS place,
         count(*) OVER (PARTITION BY expense_id, leg_id) AS ways
  FROM ({pairs}) p
)
SELECT expense_id, leg_id, way AS told_by,
       CAST(CASE way WHEN 'trip' THEN 95 WHEN 'vehicle' THEN 80 ELSE 60 END + CASE WHEN ways > 1 THEN 5 ELSE 0 END AS BIGINT) AS score,
       CASE way WHEN 'trip' THEN 'a log entry linked to the movement names its trip' WHEN 'vehicle' THEN 'its vehicle, on its days'
                ELSE 'its person was aboard, on its days' END
         || CASE WHEN ways > 1 THEN '; more than one of trip, vehicle and person say so' ELSE '' END AS reason
FROM ranked
WHERE place = 1
