-- The pairs with their verdicts in words, and those of two days that agree in all else. A person's judgement stands above the rule; a pair that could be
-- one use but whose entries found better partners is different.
WITH partners AS (
  SELECT left_id AS record_id, right_exhibit AS exhibit FROM entry_matches
  UNION
  SELECT right_id, left_exhibit FROM entry_matches
),
said AS (
  SELECT p.left_id, p.right_id,
         'route ' || route || CASE WHEN route IN ('near', 'different')
             THEN ' (' || left_route || ' / ' || right_route || ')' ELSE '' END
         || '; hours ' || hours || CASE WHEN hours IN ('near', 'different')
             THEN ' (' || left_hours || ' / ' || right_hours || ')' ELSE '' END
         || '; riders ' || riders || '; agency ' || agency || '; times ' || times
         || CASE WHEN one_exhibit THEN '; both in one exhibit, alike in everything compared'
                 || CASE WHEN one_number THEN ' and in their number' ELSE '' END ELSE '' END AS comparisons,
         verdict, one_exhibit, one_number, false AS other_day, m.left_id IS NOT NULL AS matched,
         NOT one_exhibit AND (l.record_id IS NOT NULL OR r.record_id IS NOT NULL) AS taken
  FROM entry_pairs p
  LEFT JOIN partners l ON l.record_id = p.left_id AND l.exhibit = p.right_exhibit
  LEFT JOIN partners r ON r.record_id = p.right_id AND r.exhibit = p.left_exhibit
  LEFT JOIN entry_matches m ON m.left_id = p.left_id AND m.right_id = p.right_id
  UNION ALL
  SELECT left_id, right_id, comparisons, 'unsure', false, false, true, false, false FROM entry_other_days
)
SELECT coalesce(s.left_id, j.left_id) AS left_id,
       coalesce(s.right_id, j.right_id) AS right_id,
       coalesce(s.comparisons, 'not compared: not of one vehicle and day') AS comparisons,
       CASE WHEN j.verdict IS NOT NULL THEN j.verdict
            WHEN s.verdict <> 'different' AND s.taken AND NOT s.matched THEN 'different'
            ELSE s.verdict END AS verdict,
       CASE WHEN j.verdict IS NOT NULL THEN 'judgement of ' || j.by_whom || ': ' || j.why
            WHEN s.verdict <> 'different' AND s.taken AND NOT s.matched THEN 'rule: each entry has at most one partner in another exhibit, and a better one was found'
            WHEN s.other_day THEN 'rule: the days differ by what may be a slip of the pen, and all else agrees'
            WHEN s.one_exhibit AND s.one_number THEN 'rule: one number twice in one exhibit'
            WHEN s.one_exhibit THEN 'rule: alike entries of one exhibit may be one use written twice, or two uses'
            WHEN s.verdict = 'same' THEN 'rule: one vehicle and day, and route, hours and riders agree as far as both are known'
            WHEN s.verdict = 'different' THEN 'rule: route, hours, riders or times contradict'
            ELSE 'rule: neither agreement nor contradiction is enough' END AS decided_by
FROM said s
FULL JOIN entry_judgements j ON j.left_id = s.left_id AND j.right_id = s.right_id
