-- The 24 hours that begin with a duty, and those that end with one: the most pay in any 24 hours is in one of them.
SELECT DISTINCT officer_key, from_s, from_s + 86400 AS to_s
FROM (SELECT officer_key, lo AS from_s FROM duties_timed UNION ALL SELECT officer_key, hi - 86400 FROM duties_timed)
