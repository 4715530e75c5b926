-- Persons aboard a use by its log whom another record has elsewhere: by the recorded movements of two vehicles (more than
-- {seconds} s at once), or by the person's own phone. Written times alone doubt nobody.
WITH at_once AS (
  SELECT person_key, use_id, other_id, lo, hi, other_lo, other_hi
  FROM two_vehicles
  WHERE recorded AND other_recorded AND least(hi, other_hi) - greatest(lo, other_lo) > {seconds}
),
each_side AS (
  SELECT person_key, use_id, other_id, greatest(lo, other_lo) AS from_s, least(hi, other_hi) AS to_s FROM at_once
  UNION ALL
  SELECT person_key, other_id, use_id, greatest(lo, other_lo), least(hi, other_hi) FROM at_once
),
told AS (
  SELECT s.use_id, s.person_key,
         s.person_key || ' is aboard ' || coalesce(o.vehicle, 'another vehicle') || ' as well, ' || w_moment(to_timestamp(s.from_s))
           || ' to ' || w_clock(to_timestamp(s.to_s)) AS words,
         o.sources AS sources
  FROM each_side s
  JOIN uses o ON o.use_id = s.other_id
  UNION ALL
  SELECT unnest(use_ids), person_key,
         'the phone of ' || person_key || ' was ' || CAST(metres // 1000 AS BIGINT) || ' km or more away, ' || w_moment(start_at)
           || ' to ' || w_clock(end_at),
         sources
  FROM phones_apart
)
SELECT use_id, person_key, string_agg(DISTINCT words, '; ' ORDER BY words) AS words,
       list_sort(list_distinct(flatten(list(sources)))) AS sources
FROM told
WHERE use_id || ' ' || person_key NOT IN (SELECT use_id || ' ' || person_key FROM aboard_judged WHERE verdict = 'same')
GROUP BY use_id, person_key
