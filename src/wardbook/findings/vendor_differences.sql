-- Trips of a vendor beside the legs cut here: each trip with the legs of its vehicle that share most of its time or lie
-- mostly in it, and the legs that no trip shares. A vendor's own habits are allowed for: a trip of Geotab runs to the
-- start of the next one, so that its end is taken where the vendor says driving ended; a stop of Traccar is reported by
-- the position that confirms it, {late_s} seconds late or more.
WITH trips AS (
  SELECT record_id, vendor, vehicle, w_key(vehicle) AS vehicle_key, started_at, ended_at, claimed_distance_m
  FROM vendor_trips
  WHERE started_at IS NOT NULL AND ended_at > started_at
),
known AS (SELECT DISTINCT vehicle_key FROM traced_legs),
legs AS (SELECT * FROM traced_legs WHERE kind = 'leg'),
shared AS (
  SELECT t.record_id, l.leg_id,
         CAST(epoch_ms(least(t.ended_at, l.end_at)) - epoch_ms(greatest(t.started_at, l.start_at)) AS BIGINT) AS shared_ms,
         CAST(epoch_ms(l.end_at) - epoch_ms(l.start_at) AS BIGINT) AS leg_ms,
         CAST(epoch_ms(t.ended_at) - epoch_ms(t.started_at) AS BIGINT) AS trip_ms
  FROM trips t
  JOIN legs l ON l.vehicle_key = t.vehicle_key AND l.start_at < t.ended_at AND t.started_at < l.end_at
),
paired AS (SELECT * FROM shared WHERE 2 * shared_ms >= least(leg_ms, trip_ms)),
taken AS (
  SELECT p.record_id, count(*) AS legs, CAST(sum(l.metres) AS BIGINT) AS metres, list_sort(list(l.leg_id)) AS leg_ids,
         min(l.start_lo) AS start_lo, min(l.start_hi) AS start_hi, max(l.end_lo) AS end_lo, max(l.end_hi) AS end_hi,
         min(l.profile) AS profile, list_sort(list_distinct(flatten(list(l.sources)))) AS sources
  FROM paired p
  JOIN legs l ON l.leg_id = p.leg_id
  GROUP BY p.record_id
),
compared AS (
  SELECT t.*, k.legs, k.metres, coalesce(k.leg_ids, []) AS leg_ids, k.profile, coalesce(k.sources, []) AS leg_sources,
         CAST(greatest(0, (epoch_ms(k.start_lo) - epoch_ms(t.started_at)) // 1000, (epoch_ms(t.started_at) - epoch_ms(k.start_hi)) // 1000) AS BIGINT) AS start_apart_s,
         CAST(greatest(0, (epoch_ms(k.end_lo) - epoch_ms(t.ended_at)) // 1000,
                       (epoch_ms(t.ended_at) - epoch_ms(k.end_hi)) // 1000 - CASE WHEN t.vendor = 'traccar' THEN {late_s} ELSE 0 END) AS BIGINT) AS end_apart_s
  FROM trips t
  JOIN known n ON n.vehicle_key = t.vehicle_key
  LEFT JOIN taken k ON k.record_id = t.record_id
),
said AS (
  SELECT record_id, vendor, vehicle, vehicle_key, started_at, ended_at, claimed_distance_m, legs, metres, leg_ids, profile, leg_sources,
         coalesce(array_to_string([w FOR w IN [
           CASE WHEN legs IS NULL THEN 'no leg' WHEN legs > 1 THEN legs || ' legs' END,
           CASE WHEN start_apart_s > {ends_s} THEN 'start ' || CAST(start_apart_s // 60 AS BIGINT) || ' min apart' END,
           CASE WHEN end_apart_s > {ends_s} THEN 'end ' || CAST(end_apart_s // 60 AS BIGINT) || ' min apart' END,
           CASE WHEN abs(metres - claimed_distance_m) > greatest({distance_m}, metres // 10)
                THEN 'distance ' || claimed_distance_m || ' m, path ' || metres || ' m' END
         ] IF w IS NOT NULL], '; '), '') AS difference
  FROM compared
)
SELECT vendor, vehicle, vehicle_key, started_at, ended_at, claimed_distance_m, metres, leg_ids, profile, difference,
       list_sort(list_distinct(list_concat([record_id], leg_sources))) AS sources
FROM said
WHERE difference <> ''
UNION ALL
SELECT v.vendor, coalesce(l.vehicle, l.vehicle_key), l.vehicle_key, l.start_at, l.end_at, NULL, l.metres, [l.leg_id], l.profile, 'no trip', l.sources
FROM legs l
JOIN (SELECT vendor, vehicle_key, min(started_at) AS first_at, max(ended_at) AS last_at FROM trips GROUP BY vendor, vehicle_key) v
  ON v.vehicle_key = l.vehicle_key AND l.start_at >= v.first_at AND l.end_at <= v.last_at
ANTI JOIN (SELECT p.leg_id, t.vendor FROM paired p JOIN trips t ON t.record_id = p.record_id) o ON o.leg_id = l.leg_id AND o.vendor = v.vendor
