-- The vehicle of each track: the one its device was assigned to on that day, else the one its source names.
-- A phone that was a person's is no vehicle. A device that two assignments give to two vehicles on one day stays under its own name.
WITH named AS (
  SELECT t.record_id AS track_id, t.vehicle, t.day, nullif(upper(regexp_replace(t.vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS device_key
  FROM tracks t
  WHERE NOT EXISTS (
    SELECT 1 FROM assignments a
    WHERE a.person IS NOT NULL AND t.vehicle IS NOT NULL
      AND upper(regexp_replace(a.device, '[^A-Za-z0-9]', '', 'g')) = upper(regexp_replace(t.vehicle, '[^A-Za-z0-9]', '', 'g'))
      AND (a.valid_from IS NULL OR a.valid_from <= t.day) AND (a.valid_to IS NULL OR a.valid_to >= t.day)
  )
),
assigned AS (
  SELECT n.track_id, min(trim(a.vehicle)) AS vehicle, list_sort(list(DISTINCT a.record_id)) AS assignment_ids
  FROM named n
  JOIN assignments a ON upper(regexp_replace(a.device, '[^A-Za-z0-9]', '', 'g')) = n.device_key
   AND (a.valid_from IS NULL OR a.valid_from <= n.day) AND (a.valid_to IS NULL OR a.valid_to >= n.day)
  WHERE nullif(trim(a.vehicle), '') IS NOT NULL
  GROUP BY n.track_id
  HAVING count(DISTINCT upper(regexp_replace(a.vehicle, '[^A-Za-z0-9]', '', 'g'))) = 1
)
SELECT n.track_id, coalesce(a.vehicle, n.vehicle) AS vehicle,
       coalesce(nullif(upper(regexp_replace(a.vehicle, '[^A-Za-z0-9]', '', 'g')), ''), n.device_key, 'TRACK ' || n.track_id) AS vehicle_key,
       coalesce(a.assignment_ids, []) AS assignment_ids
FROM named n
LEFT JOIN assigned a ON a.track_id = n.track_id
