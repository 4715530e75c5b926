-- Why each fact has its value: one row a use and fact. A view, so that a million uses cost nothing until read.
WITH all_known AS (
  SELECT f.*, u.sources, u.riders, u.route, u.stated_purpose, u.logged_at, p.basis AS purpose_basis,
         k.list_principal, k.register_principal, k.maybe_principal, k.list_family, k.register_family,
         k.maybe_family, k.list_security, k.register_security, k.list_officer, k.maybe_security, k.list_spouse,
         list_sort(list_distinct(list_concat(u.sources, coalesce(k.register_ids, []), coalesce(w.sources, [])))) AS rider_sources,
         ' names one, but ' || w.words || ': not known' AS doubt, coalesce('; ' || y.words, '') AS judged,
         v.told AS events_told, list_sort(list_distinct(list_concat(u.sources, coalesce(v.sources, [])))) AS event_sources,
         list_sort(list_distinct(list_concat(u.sources, coalesce(v.sources, []), coalesce(m.sources, [])))) AS split_sources,
         s.outside_places, s.unplaced,
         list_sort(list_distinct(list_concat(u.sources, coalesce(s.register_ids, [])))) AS place_sources,
         coalesce(z.authorization_ids, []) AS authorization_ids,
         coalesce(t.assessment_ids, []) AS assessment_ids,
         coalesce(t.declined_ids, []) AS declined_ids,
         CASE WHEN u.riders IS NULL THEN 'no rider list stands on record'
              ELSE 'rider list "' || u.riders || '"' END AS list_words,
         CASE WHEN u.route IS NULL THEN 'no route stands on record'
              ELSE 'route "' || u.route || '"' END AS route_words,
         EXISTS (SELECT 1 FROM people) AS has_people,
         coalesce(m.sources, []) AS moved_sources, m.movements, m.outside AS moved_outside, m.inside AS moved_inside,
         CASE WHEN m.use_id IS NULL THEN ''
              ELSE '; ' || m.movements || CASE WHEN m.movements = 1 THEN ' movement' ELSE ' movements' END || ' recorded, from '
                   || m.from_place || ' to ' || m.to_place END AS moved_words
  FROM facts f
  JOIN uses u USING (use_id)
  LEFT JOIN use_purposes p USING (use_id)
  LEFT JOIN rider_facts k USING (use_id)
  LEFT JOIN place_facts s USING (use_id)
  LEFT JOIN use_authorizations z USING (use_id)
  LEFT JOIN protectees_aboard t USING (use_id)
  LEFT JOIN use_movements m USING (use_id)
  LEFT JOIN use_events v USING (use_id)
  LEFT JOIN (SELECT use_id, string_agg(words, '; ' ORDER BY words) AS words, flatten(list(sources)) AS sources
             FROM presence_doubted GROUP BY use_id) w USING (use_id)
  LEFT JOIN (SELECT use_id, string_agg(words, '; ' ORDER BY words) AS words FROM aboard_judged GROUP BY use_id) y USING (use_id)
)
SELECT use_id, 'date' AS fact, CASE WHEN date IS NULL THEN 'no day stands on record' ELSE 'day of the entry' END AS basis, sources FROM all_known
UNION ALL
SELECT use_id, 'vehicle', CASE WHEN vehicle IS NULL THEN 'no vehicle stands on record' ELSE 'vehicle of the entry' END, sources FROM all_known
UNION ALL
SELECT use_id, 'agency', CASE WHEN agency IS NULL THEN 'no agency stands on record' ELSE 'agency of the entry' END, sources FROM all_known
UNION ALL
SELECT use_id, 'task', 'task of the entry; an entry without one is a movement', sources FROM all_known
UNION ALL
SELECT use_id, 'hours', CASE WHEN hours IS NULL THEN 'no hours stand on record' ELSE 'hours of the entry' END, sources FROM all_known
UNION ALL
SELECT use_id, 'purpose',
       coalesce('stated: "' || stated_purpose || '"; ', '') || coalesce(purpose_basis, 'no purpose is stated'), sources
FROM all_known
UNION ALL
SELECT use_id, 'purpose_stated', coalesce('stated: "' || stated_purpose || '"',
       CASE WHEN purpose_stated THEN 'a later justification' ELSE 'no purpose is stated' END), sources
FROM all_known
UNION ALL
SELECT use_id, 'riders_known', list_words, sources FROM all_known
UNION ALL
SELECT use_id, 'principal_aboard',
       list_words || CASE WHEN list_principal THEN ' names an office-holder by title'
         WHEN register_principal THEN ' names a person registered as office-holder'
         WHEN maybe_principal THEN coalesce(doubt, ' gives no title to a name that stands with the title elsewhere: not known')
         WHEN riders IS NULL THEN ': not known' ELSE ' names no office-holder' END || judged, rider_sources
FROM all_known
UNION ALL
SELECT use_id, 'protectee_aboard',
       list_words || CASE WHEN riders IS NULL AND protectee_aboard IS NULL THEN ': not known'
         WHEN protectee_aboard IS NULL THEN coalesce(doubt, ' gives no title to a name that stands with one elsewhere: not known')
         WHEN protectee_aboard THEN ' names a protectee' ELSE ' names no protectee' END
       || CASE WHEN has_people THEN ' (of the register of people)'
          ELSE ' (the book has no register of people: office-holders and spouses count)' END || judged, rider_sources
FROM all_known
UNION ALL
SELECT use_id, 'family_aboard',
       list_words || CASE WHEN list_family THEN ' names family by title'
         WHEN register_family THEN ' names a person registered as family'
         WHEN maybe_family THEN coalesce(doubt, ' gives no title to a name that stands with a family title elsewhere: not known')
         WHEN riders IS NULL THEN ': not known' ELSE ' names no family' END || judged, rider_sources
FROM all_known
UNION ALL
SELECT use_id, 'security_aboard',
       list_words || CASE WHEN list_security THEN ' says security'
         WHEN register_security THEN ' names a registered officer'
         WHEN list_officer THEN ' names a police officer, whose duty is not recorded: not known'
         WHEN maybe_security THEN coalesce(doubt, ' names without a title someone who stands as security elsewhere: not known')
         WHEN riders IS NULL THEN ': not known' ELSE ' names no security officer' END || judged, rider_sources
FROM all_known
UNION ALL
SELECT use_id, 'outside_jurisdiction',
       route_words || CASE WHEN outside_places IS NOT NULL THEN ': outside are ' || outside_places
         WHEN unplaced IS NOT NULL THEN ': not known where ' || unplaced || ' lie'
         WHEN route IS NOT NULL AND outside_jurisdiction = false THEN ': every place lies inside'
         ELSE ': not known' END
       || CASE WHEN moved_outside THEN moved_words || ', outside' WHEN moved_inside THEN moved_words || ', inside'
          WHEN movements IS NOT NULL THEN moved_words || ', at a line or in a silence' ELSE '' END,
       list_sort(list_distinct(list_concat(place_sources, moved_sources)))
FROM all_known
UNION ALL
SELECT use_id, 'from_residence',
       route_words || CASE WHEN from_residence THEN ' starts or ends at a registered residence'
         WHEN from_residence = false THEN ' neither starts nor ends at a registered residence'
         ELSE ': not known; a register of places with the residence would settle it' END || moved_words,
       list_sort(list_distinct(list_concat(place_sources, moved_sources)))
FROM all_known
UNION ALL
SELECT use_id, 'campaign_place',
       route_words || CASE WHEN campaign_place THEN ' touches a registered campaign office'
         WHEN campaign_place = false THEN ' touches no registered campaign office'
         ELSE ': not known; a register of places with the campaign''s offices would settle it' END || moved_words,
       list_sort(list_distinct(list_concat(place_sources, moved_sources)))
FROM all_known
UNION ALL
SELECT use_id, 'authorization_in_force',
       CASE WHEN authorization_in_force THEN 'an authorization on record covers the use'
         WHEN authorization_in_force = false THEN 'no authorization on record covers the use'
         ELSE 'the book holds no authorizations' END,
       list_sort(list_distinct(list_concat(sources, authorization_ids)))
FROM all_known
UNION ALL
SELECT use_id, 'assessment_in_force',
       CASE WHEN assessment_in_force THEN 'an assessment that asks for protection was in force for a protectee aboard'
         WHEN assessment_in_force = false THEN 'no assessment asking for protection was in force for a protectee aboard'
         WHEN protectee_aboard IS NULL THEN 'not known whether a protectee was aboard'
         ELSE 'the book holds no assessment that settles it' END,
       list_sort(list_distinct(list_concat(sources, assessment_ids)))
FROM all_known
UNION ALL
SELECT use_id, 'declined',
       CASE WHEN declined THEN 'every protectee aboard had declined protection'
         WHEN declined = false THEN 'no protectee aboard, or one who had not declined protection'
         WHEN protectee_aboard IS NULL THEN 'not known whether a protectee was aboard'
         ELSE 'the book holds no record of declined protection' END,
       list_sort(list_distinct(list_concat(sources, declined_ids)))
FROM all_known
UNION ALL
SELECT use_id, 'made_after_event',
       CASE WHEN made_after_event IS NULL THEN 'the log does not say when the entry was made'
         ELSE 'first entry made ' || CAST(logged_at AS VARCHAR) || ', use of ' || CAST(date AS VARCHAR)
           || ': ' || CASE WHEN made_after_event THEN 'more' ELSE 'not more' END || ' than a day after the day ended' END,
       sources
FROM all_known
UNION ALL
SELECT use_id, 'home_to_work',
       route_words || CASE WHEN home_to_work THEN ' leads from home to work, or back'
         WHEN home_to_work = false THEN ' does not lead from home to work'
         ELSE ': not known; a register of places with the residence and the office would settle it' END || moved_words,
       list_sort(list_distinct(list_concat(place_sources, moved_sources)))
FROM all_known
UNION ALL
SELECT use_id, 'driven',
       CASE WHEN driven THEN 'linked to what the device recorded' || moved_words
         WHEN driven = false THEN 'the device reported throughout, and the vehicle stood'
         ELSE 'no device recorded it, and none that reported throughout rules it out' END,
       list_sort(list_distinct(list_concat(sources, moved_sources)))
FROM all_known
UNION ALL
SELECT use_id, 'driven_m', CASE WHEN driven_m IS NULL THEN 'no recorded path that is this use''s alone and without a silence' ELSE 'path of the fixes' END || moved_words,
       list_sort(list_distinct(list_concat(sources, moved_sources)))
FROM all_known
UNION ALL
SELECT use_id, 'driven_hours', CASE WHEN driven_hours IS NULL THEN 'no recorded path that is this use''s alone and without a silence' ELSE 'time in motion' END || moved_words,
       list_sort(list_distinct(list_concat(sources, moved_sources)))
FROM all_known
UNION ALL
SELECT use_id, 'event_purpose', coalesce('calendar: ' || events_told || CASE WHEN event_purpose IS NULL THEN ': no word of the list matches' ELSE '' END,
       'no calendar event is linked to a movement of the use'), event_sources
FROM all_known
UNION ALL
SELECT use_id, 'event_hours', CASE WHEN event_hours IS NULL THEN 'no calendar event with a start and an end is linked to each movement'
       ELSE 'hours of the calendar''s events: ' || events_told END, event_sources
FROM all_known
UNION ALL
SELECT use_id, 'political_event_hours', CASE WHEN political_event_hours IS NULL THEN 'the hours or the purpose of an event are not known'
       ELSE 'hours of the calendar''s political events, of ' || events_told END, event_sources
FROM all_known
UNION ALL
SELECT use_id, 'private_event_hours', CASE WHEN private_event_hours IS NULL THEN 'the hours or the purpose of an event are not known'
       ELSE 'hours of the calendar''s private events, of ' || events_told END, event_sources
FROM all_known
UNION ALL
SELECT use_id, 'private_m', CASE WHEN private_m IS NULL THEN 'not each movement of the use leads to, or from, an event of known purpose'
       ELSE 'path of the movements to or from private events: ' || events_told END, split_sources
FROM all_known
UNION ALL
SELECT use_id, 'private_hours', CASE WHEN private_hours IS NULL THEN 'not each movement of the use leads to, or from, an event of known purpose'
       ELSE 'time in motion to or from private events: ' || events_told END, split_sources
FROM all_known
