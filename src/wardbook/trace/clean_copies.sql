-- Rows that say again what another row of the same instant says, or contradict it: the one that was received
-- first is taken (where that is known), else the smallest position; the others are dropped.
WITH doubted AS (
  SELECT v, ts_s // {thin_s} AS cell
  FROM trace_base
  GROUP BY v, ts_s // {thin_s}
  HAVING count(*) <> bit_count(bit_or(CAST(1 AS BIGINT) << (ts_s % {thin_s})))
),
ranked AS (
  SELECT b.source_row, b.v, b.ts_s, b.spot,
         first_value(b.spot) OVER w AS taken, row_number() OVER w AS place
  FROM trace_base b
  SEMI JOIN doubted d ON d.v = b.v AND d.cell = b.ts_s // {thin_s}
  WINDOW w AS (PARTITION BY b.v, b.ts_s, b.micro ORDER BY b.received_us NULLS LAST, b.spot, b.source_row)
)
SELECT source_row, v, ts_s, spot, CASE WHEN spot = taken THEN 'duplicate' ELSE 'conflicting copy' END AS reason
FROM ranked
WHERE place > 1
