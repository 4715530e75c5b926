-- Trips of a vendor that contradict themselves, by vehicle, vendor and month.
WITH trips AS (
  SELECT t.*, w_key(t.vehicle) AS vehicle_key,
         w_metres(t.from_lat_e6, t.from_lon_e6, t.to_lat_e6, t.to_lon_e6) AS straight_m,
         t.end_odometer_m - t.start_odometer_m AS odometer_m,
         CAST(epoch_ms(t.ended_at) - epoch_ms(t.started_at) AS BIGINT) AS lasted_ms,
         lag(t.ended_at) OVER along AS before_ended_at
  FROM vendor_trips t
  WINDOW along AS (PARTITION BY t.vendor, w_key(t.vehicle) ORDER BY t.started_at, t.record_id)
),
judged AS (
  SELECT *,
         [w FOR w IN [
           CASE WHEN lasted_ms < 0 THEN 'ends before it starts, by ' || CAST(-lasted_ms // 60000 AS BIGINT) || ' min' END,
           CASE WHEN claimed_distance_m = 0 AND straight_m > {apart_m}
                THEN 'distance 0, but its ends lie ' || straight_m || ' m apart' END,
           CASE WHEN claimed_distance_m > 0 AND straight_m > claimed_distance_m + greatest({apart_m}, claimed_distance_m // 10)
                THEN 'distance ' || claimed_distance_m || ' m, but its ends lie ' || straight_m || ' m apart' END,
           CASE WHEN abs(odometer_m - claimed_distance_m) > greatest({odometer_m}, claimed_distance_m // 10)
                THEN 'distance ' || claimed_distance_m || ' m, odometer ' || odometer_m || ' m' END,
           CASE WHEN lasted_ms > 0 AND claimed_distance_m * 3600 > {top_kmh} * lasted_ms
                THEN 'distance ' || claimed_distance_m || ' m in ' || CAST(lasted_ms // 1000 AS BIGINT) || ' s' END,
           CASE WHEN before_ended_at > started_at + INTERVAL {overlap_s} SECOND
                THEN 'starts before the trip before it ended, by ' || CAST((epoch_ms(before_ended_at) - epoch_ms(started_at)) // 60000 AS BIGINT) || ' min' END
         ] IF w IS NOT NULL] AS words
  FROM trips
)
SELECT min(vehicle) AS vehicle, vendor, strftime(w_day(coalesce(started_at, ended_at)), '%Y-%m') AS month, count(*) AS trips,
       list(coalesce(w_moment(started_at), 'no start') || ': ' || array_to_string(words, '; ') ORDER BY started_at, record_id) AS told,
       list_sort(list(record_id)) AS evidence
FROM judged
WHERE len(words) > 0
GROUP BY vehicle_key, vendor, strftime(w_day(coalesce(started_at, ended_at)), '%Y-%m')
