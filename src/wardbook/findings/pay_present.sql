-- The spans in which an officer was on any duty: overlapping duties as one.
WITH begun AS (
  SELECT officer_key, lo, hi,
         coalesce(lo > max(hi) OVER (PARTITION BY officer_key ORDER BY lo, hi ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), TRUE) AS begins
  FROM duties_timed
),
numbered AS (
  SELECT *, sum(CAST(begins AS INTEGER)) OVER (PARTITION BY officer_key ORDER BY lo, hi ROWS UNBOUNDED PRECEDING) AS span FROM begun
)
SELECT officer_key, min(lo) AS lo, max(hi) AS hi FROM numbered GROUP BY officer_key, span
