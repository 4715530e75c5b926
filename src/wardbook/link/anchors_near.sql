-- An anchor and a movement of its vehicle near in time, with how they lie to each other. Only a movement that the
-- bounds put around the whole of an anchor surely holds it.
SELECT anchor_id, kind, leg_id, start_s, end_s, to_agrees, from_agrees,
       CASE WHEN kind = 'parking' AND start_lo > lo + {parking} AND end_hi < hi - {parking} THEN 'moved during'
            WHEN kind = 'parking' AND {arrival_apart} <= {leaving_apart} THEN 'arrived'
            WHEN kind = 'parking' THEN 'left'
            WHEN lo >= start_hi AND hi <= end_lo THEN 'inside'
            WHEN lo <= end_hi AND hi >= start_lo THEN 'perhaps inside'
            WHEN lo > end_hi THEN 'arrived' ELSE 'left' END AS relation,
       CASE WHEN kind = 'parking' AND start_lo > lo + {parking} AND end_hi < hi - {parking} THEN 0
            WHEN kind = 'parking' THEN least({arrival_apart}, {leaving_apart})
            ELSE greatest(start_lo - hi, lo - end_hi, 0) END AS seconds
FROM ({pairs}) p
