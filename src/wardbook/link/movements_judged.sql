-- What persons have judged of a log entry and a movement: the latest judgement on a pair.
SELECT left_key AS entry_id, right_key AS leg_id, arg_max(verdict, judged_at) AS verdict
FROM judgements
WHERE kind = 'movement' AND right_key IS NOT NULL
GROUP BY left_key, right_key
