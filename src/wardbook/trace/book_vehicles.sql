-- The vehicle of each track: the one its device was assigned to on that day, else the one its source names.
-- A device that two assignments give to two vehicles on one day stays under its own name.
WITH named AS (
  SELECT record_id AS track_id, vehicle, day, nullif(upper(regexp_replace(vehicle, '[^A-Za-z0-9]', '', 'g')), '') AS device_key
  FROM tracks
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
