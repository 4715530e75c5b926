-- The entries that nothing is linked to, with the span in which a movement must lie: near the times, else the day.
SELECT f.en, f.entry_id, f.vehicle_key, f.v, f.s IS NULL AND f.e IS NULL AS timeless,
       coalesce(f.lo, f.day_lo) AS lo, coalesce(f.hi, f.day_hi) AS hi
FROM matching_free_entries f
LEFT JOIN matching_later_links k ON k.en = f.en
WHERE k.en IS NULL
