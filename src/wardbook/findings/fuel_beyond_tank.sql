-- Fills that are more than the tank holds: one purchase, or two of one vehicle within {minutes} minutes between which its
-- device recorded no movement. Several lines of one transaction are one fill.
WITH fills AS (
  SELECT w_key(vehicle) AS vehicle_key, min(vehicle) AS vehicle, min(purchased_at) AS moment, min(day) AS day, min(merchant) AS merchant,
         CAST(sum(volume_ml) AS BIGINT) AS volume_ml, max(tank_ml) AS tank_ml, list(record_id) AS ids
  FROM fuel_purchases
  WHERE volume_ml > 0
  GROUP BY w_key(vehicle), coalesce(source_key, record_id), day
),
paired AS (
  SELECT *, lag(volume_ml) OVER w AS before_ml, lag(moment) OVER w AS before_at, lag(ids) OVER w AS before_ids
  FROM fills
  WHERE vehicle_key IS NOT NULL
  WINDOW w AS (PARTITION BY vehicle_key ORDER BY moment, ids)
),
pairs AS (
  SELECT p.*, epoch_ms(p.moment) - epoch_ms(p.before_at) <= {minutes} * 60000 AND NOT EXISTS (
           SELECT 1 FROM traced_legs l WHERE l.vehicle_key = p.vehicle_key AND l.start_hi > p.before_at AND l.end_lo < p.moment) AS follows
  FROM paired p
),
over AS (
  SELECT vehicle_key, vehicle, moment, day, tank_ml, ids,
         coalesce(w_moment(moment), CAST(day AS VARCHAR)) || coalesce(' at ' || merchant, '') || ': ' || {litres}
           || ' into a tank of ' || {tank} AS told
  FROM (SELECT * , volume_ml AS filled_ml FROM pairs WHERE volume_ml > tank_ml + tank_ml * {percent} // 100)
  UNION ALL
  SELECT vehicle_key, vehicle, moment, day, tank_ml, list_concat(before_ids, ids),
         coalesce(w_moment(before_at), '') || ' and ' || w_clock(moment) || coalesce(' at ' || merchant, '') || ': together ' || {litres}
           || ' into a tank of ' || {tank}
  FROM (SELECT *, volume_ml + before_ml AS filled_ml FROM pairs
        WHERE follows AND volume_ml <= tank_ml + tank_ml * {percent} // 100 AND before_ml <= tank_ml + tank_ml * {percent} // 100
          AND volume_ml + before_ml > tank_ml + tank_ml * {percent} // 100)
)
SELECT min(vehicle) AS vehicle, count(*) AS times, list(told ORDER BY day, moment, told) AS told,
       list_sort(list_distinct(flatten(list(ids)))) AS evidence
FROM over
GROUP BY vehicle_key
