-- The fixes of a batch whose clock was decades off: set right by 1,024 weeks, and used, or dropped.
SELECT b.source_row, b.v, b.ts_s, b.spot,
       CASE WHEN g.source_row IS NULL THEN 'clock decades away from the other fixes'
            ELSE 'clock 1,024 weeks early, read so much later' END AS reason,
       g.source_row IS NOT NULL AS used
FROM trace_read b
JOIN fixes_vehicles x ON x.v = b.v
LEFT JOIN trace_base g ON g.source_row = b.source_row
WHERE abs(b.ts_s - x.middle_s) > {half_rollover_s}
