-- Tolls, fuel and parkings of a vehicle that stood, as its device says, by vehicle and month.
SELECT n.vehicle_key AS vehicle, strftime(w_day(to_timestamp(a.lo)), '%Y-%m') AS month, count(*) AS anchors,
       list(a.kind || coalesce(' ' || a.at_place, '') || ' ' || w_moment(to_timestamp(a.lo))
            || CASE WHEN n.seconds_since IS NULL THEN '' ELSE ', ' || CAST(n.seconds_since // 60 AS BIGINT) || ' min after it last moved' END
            ORDER BY a.lo, a.anchor_id) AS told,
       list_sort(list_distinct(flatten(list(a.source_ids)))) AS evidence
FROM anchors_without_movement n
JOIN anchors a ON a.anchor_id = n.anchor_id
WHERE n.verdict = 'stood'
GROUP BY n.vehicle_key, strftime(w_day(to_timestamp(a.lo)), '%Y-%m')
