-- Why each link was made, in words, and the records behind both sides: to be read, link by link.
SELECT k.entry_id, k.leg_id,
       CASE k.vehicle WHEN 'same' THEN 'same vehicle' WHEN 'spelt alike' THEN 'vehicle spelt ' || w.vehicle_key
                      WHEN 'not written' THEN 'no vehicle written'
                      ELSE 'another vehicle written: ' || w.vehicle_key END
       || CASE WHEN k.start_apart_s IS NULL AND k.end_apart_s IS NULL THEN '; only the day is written'
               ELSE CASE WHEN k.start_apart_s IS NULL THEN '; no start written'
                         WHEN k.start_apart_s = 0 THEN '; start within its bounds'
                         ELSE '; starts ' || CAST(CAST((k.start_apart_s + 59) // 60 AS BIGINT) AS VARCHAR)
                              || ' min apart' END
                 || CASE WHEN k.end_apart_s IS NULL THEN '; no end written'
                         WHEN k.end_apart_s = 0 THEN '; end within its bounds'
                         ELSE '; ends ' || CAST(CAST((k.end_apart_s + 59) // 60 AS BIGINT) AS VARCHAR)
                              || ' min apart' END
               END
       || CASE WHEN k.shifted_s <> 0 THEN '; times read on the other side of the change of the clock' ELSE '' END
       || CASE k.places WHEN 'not compared' THEN '; places not compared' WHEN 'contradict' THEN '; places far apart'
                        ELSE '; places: ' || k.places END
       || CASE k.distances WHEN 'agree' THEN '; distances agree' WHEN 'contradict' THEN '; distances far apart'
                           WHEN 'differ' THEN '; distances differ' ELSE '; distances not compared' END
       || CASE k.found_by WHEN 'inside' THEN '; half or more lies in the other''s times'
                          WHEN 'joined' THEN '; taken in beside another'
                          WHEN 'sole' THEN '; the only ones left of that day'
                          WHEN 'judged' THEN '; a person judged so' ELSE '' END
       || CASE WHEN k.kind = 'one to one' THEN '' ELSE '; ' || k.kind END AS reason,
       w.source_ids AS entry_source_ids, m.source_ids AS leg_source_ids
FROM entry_legs k
JOIN written w ON w.entry_id = k.entry_id
JOIN movements m ON m.leg_id = k.leg_id
