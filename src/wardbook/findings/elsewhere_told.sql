-- Persons aboard two vehicles at once, by person and month.
WITH pairs AS (
  SELECT *, least(hi, other_hi) - greatest(lo, other_lo) AS seconds FROM two_vehicles
)
SELECT person_key AS person, strftime(w_day(to_timestamp(p.lo)), '%Y-%m') AS month, count(*) AS times,
       list(w_moment(to_timestamp(greatest(p.lo, p.other_lo))) || ' to ' || w_clock(to_timestamp(least(p.hi, p.other_hi))) || ': '
            || u.vehicle || coalesce(' (' || u.route || ')', '') || ' and ' || o.vehicle || coalesce(' (' || o.route || ')', '')
            || CASE WHEN p.recorded AND p.other_recorded THEN ', both as recorded'
                    WHEN p.recorded OR p.other_recorded THEN ', one as recorded, one as written' ELSE ', both as written' END
            ORDER BY p.lo, p.use_id, p.other_id) AS told,
       list_sort(list_distinct(flatten(list(list_concat(u.sources, o.sources))))) AS evidence,
       list_sort(list_distinct(list_concat(list(p.use_id), list(p.other_id)))) AS use_ids
FROM pairs p
JOIN uses u ON u.use_id = p.use_id
JOIN uses o ON o.use_id = p.other_id
WHERE p.seconds > {seconds}
GROUP BY person_key, strftime(w_day(to_timestamp(p.lo)), '%Y-%m')
