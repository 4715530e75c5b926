-- The first day on which the money of an instrument was asked for: its own, or that of one it replaced.
WITH RECURSIVE back (instrument, earlier) AS (
    SELECT instrument, instrument FROM order_lines
    UNION
    SELECT b.instrument, l.supersedes
    FROM back AS b JOIN order_lines AS l ON l.instrument = b.earlier
    WHERE l.supersedes IS NOT NULL
)
SELECT b.instrument, min(l.decided_on) AS asked_on
FROM back AS b JOIN order_lines AS l ON l.instrument = b.earlier
GROUP BY b.instrument
