-- The purpose class of each of these events, by the same words as stated purposes, and its length in seconds; an event of
-- whole days has none.
SELECT t.event_id, t.title, t.seconds,
       w_purpose(CASE WHEN len(p.own_classes) > 0 THEN p.own_classes ELSE p.general_classes END) AS purpose
FROM event_texts t
LEFT JOIN purpose_texts p ON p.text = t.text
