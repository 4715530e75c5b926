-- A movement without a partner of which at least half lies in the times of an entry without a partner.
SELECT en, ln, shift FROM (
  SELECT en, ln, shift, row_number() OVER (PARTITION BY ln ORDER BY shared DESC, e - s, s, entry_id) AS place
  FROM matching_open
  WHERE entry_leg IS NULL AND leg_entry IS NULL AND shared > 0 AND 2 * shared >= end_s - start_s
) o
WHERE place = 1
