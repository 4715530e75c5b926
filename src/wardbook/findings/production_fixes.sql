-- Positions as rows of a production: which vehicle and instant a row is about, and its text with the instant, which some
-- formats write elsewhere in the file.
SELECT f.record_id, f.at AS instant, coalesce(f.vehicle, '') || ' ' || epoch_us(f.at) AS source_key, w_day(f.at) AS day,
       coalesce(' @ ' || strftime(timezone('UTC', f.at), '%Y-%m-%d %H:%M:%S UTC'), '') AS with_instant
FROM fixes f
WHERE f.exhibit IN (SELECT earlier FROM production_versions UNION SELECT later FROM production_versions)
