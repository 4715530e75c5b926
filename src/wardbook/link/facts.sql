-- The facts of each use, three-valued: true, false, or NULL where the book does not say.
WITH book AS (
  SELECT EXISTS (SELECT 1 FROM people) AS has_people,
         EXISTS (SELECT 1 FROM assessments) AS has_assessments,
         EXISTS (SELECT 1 FROM declined) AS has_declined,
         EXISTS (SELECT 1 FROM authorizations)
           OR EXISTS (SELECT 1 FROM log_entries WHERE trim(authorized_by) <> '') AS has_authorizations,
         EXISTS (SELECT 1 FROM places WHERE kind = 'residence') AS has_residence,
         EXISTS (SELECT 1 FROM places WHERE kind = 'campaign office') AS has_campaign_place,
         EXISTS (SELECT 1 FROM places WHERE kind = 'office') AS has_office
),
known AS (
  SELECT u.*, b.*, p.purpose, p.stated,
         coalesce(k.listed, false) AS riders_known,
         CASE WHEN k.list_principal OR k.register_principal THEN true
              WHEN k.maybe_principal OR k.listed IS NULL THEN NULL ELSE false END AS principal_aboard,
         CASE WHEN b.has_people THEN CASE WHEN k.register_protectee OR NOT k.maybe_protectee THEN k.register_protectee END
              WHEN k.list_principal OR k.register_principal OR k.list_spouse THEN true
              WHEN k.maybe_principal OR k.maybe_family THEN NULL
              ELSE NOT k.listed END AS protectee_aboard,
         CASE WHEN k.list_family OR k.register_family THEN true
              WHEN k.maybe_family OR k.listed IS NULL THEN NULL ELSE false END AS family_aboard,
         CASE WHEN k.list_security OR k.register_security THEN true
              WHEN k.list_officer OR k.maybe_security OR k.listed IS NULL THEN NULL ELSE false END AS security_aboard,
         s.outside, s.stops, s.placed, s.residence, s.campaign, s.first_kind, s.last_kind, s.ends_registered,
         m.movements, m.outside AS moved_outside, m.inside AS moved_inside, m.campaign AS moved_to_campaign,
         m.from_kind, m.to_kind, m.metres, m.moving_s, m.unobserved OR m.shared AS undivided,
         'residence' IN (m.from_kind, m.to_kind) AS moved_residence,
         d.stood,
         z.use_id IS NOT NULL AS authorized,
         t.assessed, t.assessment_unclear, t.all_declined, t.declining_unclear,
         v.purpose AS event_purpose, v.event_hours, v.political_event_hours, v.private_event_hours,
         m.private_metres, m.private_s
  FROM uses u
  CROSS JOIN book b
  LEFT JOIN use_purposes p USING (use_id)
  LEFT JOIN rider_facts k USING (use_id)
  LEFT JOIN place_facts s USING (use_id)
  LEFT JOIN use_authorizations z USING (use_id)
  LEFT JOIN protectees_aboard t USING (use_id)
  LEFT JOIN use_movements m USING (use_id)
  LEFT JOIN use_events v USING (use_id)
  LEFT JOIN (SELECT r.use_id, bool_and(n.verdict = 'contradicted') AS stood
             FROM use_records r
             JOIN entries_not_driven n ON n.entry_id = r.record_id
             GROUP BY r.use_id) d USING (use_id)
)
SELECT use_id, date, vehicle, agency, task, purpose, coalesce(stated, false) AS purpose_stated, riders_known,
       principal_aboard, protectee_aboard, family_aboard, security_aboard,
       CASE WHEN outside OR moved_outside THEN true WHEN stops = placed OR moved_inside THEN false END AS outside_jurisdiction,
       CASE WHEN has_residence THEN CASE WHEN residence OR moved_residence THEN true ELSE coalesce(residence, moved_residence) END
       END AS from_residence,
       CASE WHEN has_campaign_place THEN CASE WHEN campaign OR moved_to_campaign THEN true ELSE coalesce(campaign, moved_to_campaign) END
       END AS campaign_place,
       CASE WHEN has_authorizations THEN authorized END AS authorization_in_force,
       CASE WHEN NOT has_assessments OR protectee_aboard IS NULL THEN NULL
            WHEN assessed THEN true
            WHEN assessment_unclear THEN NULL
            ELSE false END AS assessment_in_force,
       CASE WHEN NOT has_declined OR protectee_aboard IS NULL THEN NULL
            WHEN all_declined AND declining_unclear THEN NULL
            ELSE coalesce(all_declined, false) END AS declined,
       CASE WHEN date IS NOT NULL
            THEN logged_at > (CAST(date AS TIMESTAMP) + INTERVAL 2 DAY) AT TIME ZONE {zone} END AS made_after_event,
       hours,
       CASE WHEN NOT (has_residence AND has_office) THEN NULL
            WHEN (first_kind = 'residence' AND last_kind = 'office') OR (first_kind = 'office' AND last_kind = 'residence')
              OR (from_kind = 'residence' AND to_kind = 'office') OR (from_kind = 'office' AND to_kind = 'residence') THEN true
            WHEN ends_registered OR movements IS NOT NULL THEN false END AS home_to_work,
       CASE WHEN movements IS NOT NULL THEN true WHEN stood THEN false END AS driven,
       CASE WHEN NOT undivided THEN metres END AS driven_m,
       CASE WHEN NOT undivided THEN w_hours(moving_s) END AS driven_hours,
       event_purpose, event_hours, political_event_hours, private_event_hours,
       CASE WHEN NOT undivided THEN private_metres END AS private_m,
       CASE WHEN NOT undivided THEN w_hours(private_s) END AS private_hours
FROM known
