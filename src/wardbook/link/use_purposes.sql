-- The purpose class of each use: a person's judgement first; else the own words of its text; else the
-- general ones. 'positioning' is said only of a use without riders.
WITH judged AS (
  SELECT r.use_id, arg_max(j.verdict, struct_pack(at := j.judged_at, tie := j.verdict)) AS purpose,
         arg_max(coalesce(j.by_whom, 'a person') || coalesce(' on ' || CAST(j.judged_at AS DATE), '') || ': ' || coalesce(j.why, ''),
                 struct_pack(at := j.judged_at, tie := j.verdict)) AS said
  FROM judgements j
  JOIN use_records r ON j.left_key IN (r.use_id, r.record_id)
  WHERE j.kind = 'purpose'
  GROUP BY r.use_id
),
shown AS (
  SELECT t.use_id, t.text, p.own_words, p.general_words,
         [c FOR c IN p.own_classes IF c <> 'positioning' OR NOT coalesce(k.listed, false)] AS own,
         [c FOR c IN p.general_classes IF c <> 'positioning' OR NOT coalesce(k.listed, false)] AS general
  FROM use_purpose_texts t
  LEFT JOIN purpose_texts p ON p.text = t.text
  LEFT JOIN rider_facts k ON k.use_id = t.use_id
),
counted AS (
  SELECT use_id, text, len(own) > 0 AS by_own, CASE WHEN len(own) > 0 THEN own ELSE general END AS classes,
         own_words, general_words
  FROM shown
)
SELECT p.use_id, p.text IS NOT NULL AS stated,
       CASE WHEN j.purpose IS NOT NULL THEN j.purpose
            ELSE w_purpose(p.classes) END AS purpose,
       CASE WHEN j.purpose IS NOT NULL THEN 'judgement of ' || j.said
            WHEN p.text IS NULL THEN 'no purpose is stated'
            WHEN len(p.classes) = 0 OR p.classes IS NULL THEN 'no word of the list matches what is stated'
            ELSE 'words: ' || CASE WHEN p.by_own THEN p.own_words ELSE p.general_words END
              || CASE WHEN len(p.classes) > 1 THEN ' (' || array_to_string(p.classes, ', ') || ')' ELSE '' END
       END AS basis
FROM counted p
LEFT JOIN judged j USING (use_id)
