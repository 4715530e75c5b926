-- Each cost, shared by the cost rules of its use's arrangement: the rules for its class, else for 'any other'.
-- A payer's share is a row; what no payer is shown to bear is one more row, with the payer of the rest, the
-- public body, or 'undetermined', and then `method` says why. So the rows of a cost add up to it.
WITH class_words AS (
    SELECT cost_class, trim(regexp_replace(lower(cost_class), '[\s_-]+', ' ', 'g')) AS class_word
    FROM (SELECT DISTINCT cost_class FROM costs)
),
arrangement_words AS (
    SELECT costs, trim(regexp_replace(lower(costs), '[\s_-]+', ' ', 'g')) AS arrangement_word
    FROM (SELECT DISTINCT costs FROM determinations)
),
belonging AS (
    SELECT
        record_id, uses,
        CASE WHEN len(arrangements) > 1 THEN array_to_string(arrangements, ', ') END AS arrangements,
        CASE WHEN len(agencies) > 1 THEN array_to_string(agencies, ', ') END AS agencies
    FROM expense_uses
    WHERE uses > 1
),
drawn AS ({facts}),
decided AS (
    SELECT
        u.use_id AS decided_id, d.costs AS arrangement, d.missing, a.arrangement_word,
        nullif(trim(u.agency), '') AS agency, f.* EXCLUDE (use_id)
    FROM uses AS u
    LEFT JOIN determinations AS d ON d.use_id = u.use_id
    LEFT JOIN arrangement_words AS a ON a.costs = d.costs
    LEFT JOIN drawn AS f ON f.use_id = u.use_id
),
asked AS (
    SELECT
        c.cost_id, c.use_id, c.cost_class, c.amount, c.currency, w.class_word,
        d.* EXCLUDE (decided_id), x.arrangements, x.agencies,
        coalesce(x.uses, 1) AS uses, c.basis = 'expense record' AS is_expense
    FROM costs AS c
    LEFT JOIN class_words AS w ON w.cost_class = c.cost_class
    LEFT JOIN decided AS d ON d.decided_id = c.use_id
    LEFT JOIN belonging AS x ON c.basis = 'expense record' AND x.record_id = c.cost_id
),
numbered AS (
    SELECT
        *, count(*) OVER (PARTITION BY arrangement, cost_class) AS rules,
        min(rule_no) OVER (PARTITION BY arrangement, cost_class) AS set_no,
        coalesce(method IN (
            'full', 'added only', 'share by time', 'share by distance', 'share by heads', 'comparable fare',
            'comparable rate', 'charge', 'full plus', 'the rest'
        ), false) AS is_known,
        method = 'none' AS is_none, method = 'added only' AS is_added, method IN ('full', 'added only') AS is_whole,
        method = 'the rest' AS is_rest, payer = {agency} AS is_agency,
        CASE method
            WHEN 'full' THEN 'full: the payer bears all of it'
            WHEN 'added only' THEN 'added only: the use added this expense; the payer bears it'
            ELSE words
        END AS told
    FROM cost_rules
),
classes AS (
    SELECT DISTINCT arrangement, cost_class FROM cost_rules
),
rule_sets AS (
    SELECT
        set_no, own_cites,
        array_to_string(list_sort(list_distinct(coalesce(own_cites, all_cites))), '; ') AS rest_cites
    FROM (
        SELECT
            set_no, list(coalesce(cites, '')) FILTER (WHERE method IN ('the rest', 'none')) AS own_cites,
            list(coalesce(cites, '')) AS all_cites
        FROM numbered
        GROUP BY set_no
    )
),
beside AS (
    SELECT use_id, class_word, count(*) AS costs
    FROM asked
    WHERE arrangement_word IN (SELECT arrangement FROM cost_rules WHERE base_currency IS NOT NULL)
    GROUP BY use_id, class_word
),
ruled AS (
    SELECT
        a.*, r.rule_no, r.rules, r.set_no, r.payer AS word, r.method AS how, r.cites, r.choices,
        r.base_currency, r.reads, r.is_known, r.is_none, r.is_added, r.is_whole, r.is_rest, r.is_agency,
        CASE WHEN r.base_currency IS NOT NULL THEN b.costs ELSE 1 END AS costs_of_class
    FROM asked AS a
    LEFT JOIN classes AS own
        ON own.arrangement = a.arrangement_word AND own.cost_class = a.class_word
    LEFT JOIN numbered AS r
        ON r.arrangement = a.arrangement_word
        AND r.cost_class = CASE WHEN own.arrangement IS NULL THEN 'any other' ELSE a.class_word END
    LEFT JOIN beside AS b ON b.use_id = a.use_id AND b.class_word = a.class_word
),
open_points AS (
    SELECT
        *,
        is_none OR (is_added AND NOT is_expense) AS stays,
        CASE
            WHEN use_id IS NULL THEN 'no use on record explains this expense'
            WHEN arrangements IS NOT NULL THEN
                'the uses this expense belongs to fall under different arrangements ('
                || arrangements || '), and no rule splits it'
            WHEN arrangement IS NULL THEN
                'the determination of the use is open'
                || CASE WHEN coalesce(missing, '') = '' THEN '' ELSE ': ' || missing END
            WHEN rule_no IS NULL THEN
                'the rulebook has no cost rule for ' || cost_class || ' under ' || arrangement
            WHEN choices > 1 THEN
                'the rulebook gives ' || choices || ' different cost rules for ' || cost_class || ' under '
                || arrangement
            WHEN is_none OR (is_added AND NOT is_expense) THEN NULL
            WHEN NOT is_known THEN
                'the cost rule''s method is not known: ' || coalesce(how, 'none written')
            WHEN reads IS NOT NULL AND uses > 1 THEN
                'this expense belongs to ' || uses || ' uses, and no rule says whose facts share it (' || reads
                || ')'
            WHEN costs_of_class > 1 THEN
                costs_of_class || ' costs of this class belong to the use, and what is charged instead is for '
                || 'all of them together'
            WHEN base_currency <> currency THEN
                'what is charged instead is in ' || base_currency || ', and the cost in ' || currency
            WHEN is_agency AND agencies IS NOT NULL THEN
                'the uses this expense belongs to are of different agencies ('
                || agencies || ')'
            WHEN is_agency AND agency IS NULL THEN 'the using agency is not on record'
            WHEN coalesce(word, '') = '' THEN 'the cost rule names no payer'
            ELSE {lacking}
        END AS open_point
    FROM ruled
),
lines AS MATERIALIZED (
    SELECT
        cost_id, use_id, cost_class, amount, currency, rule_no, rules, set_no, agency, open_point,
        CASE WHEN open_point IS NOT NULL THEN coalesce(cites, '') END AS open_cites,
        CASE WHEN is_rest AND is_agency THEN agency WHEN is_rest THEN word END AS rest_payer,
        CASE WHEN stays THEN how END AS kept_how,
        CASE WHEN is_whole THEN '' ELSE {shown} END AS shown,
        CASE
            WHEN open_point IS NOT NULL OR stays OR is_rest THEN NULL
            WHEN is_whole THEN amount
            ELSE {computed}
        END AS share
    FROM open_points
),
sums AS (
    SELECT
        cost_id, sum(share) AS shared, count(share) AS shares,
        min(rest_payer) AS rest_payer, max(kept_how) AS kept_how
    FROM lines
    WHERE rules > 1
    GROUP BY cost_id
),
opened AS (
    SELECT cost_id, list(open_point) AS open_points, list(open_cites) AS open_cites
    FROM lines
    WHERE rules > 1 AND open_point IS NOT NULL
    GROUP BY cost_id
),
rests AS (
    SELECT
        cost_id, use_id, cost_class, currency, amount, set_no,
        CAST(amount - coalesce(share, 0) AS DECIMAL(18,2)) AS remains, (share IS NOT NULL)::BIGINT AS shares,
        CASE WHEN open_point IS NOT NULL THEN [open_point] END AS open_points,
        CASE WHEN open_point IS NOT NULL THEN [open_cites] END AS open_cites, rest_payer, kept_how
    FROM lines
    WHERE coalesce(rules, 1) = 1
    UNION ALL
    SELECT
        l.cost_id, l.use_id, l.cost_class, l.currency, l.amount, l.set_no,
        CAST(l.amount - coalesce(t.shared, 0) AS DECIMAL(18,2)), t.shares, o.open_points, o.open_cites,
        t.rest_payer, t.kept_how
    FROM lines AS l
    JOIN sums AS t ON t.cost_id = l.cost_id
    LEFT JOIN opened AS o ON o.cost_id = l.cost_id
    WHERE l.rules > 1 AND l.rule_no = l.set_no
)
SELECT
    l.cost_id, l.use_id, l.cost_class, CASE WHEN r.is_agency THEN l.agency ELSE r.payer END AS payer,
    r.told || l.shown AS method, l.share AS amount, l.currency, coalesce(r.cites, '') AS cites
FROM lines AS l
JOIN numbered AS r ON r.rule_no = l.rule_no
WHERE l.share IS NOT NULL AND (l.share <> 0 OR l.amount = 0)
UNION ALL
SELECT
    cost_id, use_id, cost_class,
    CASE
        WHEN open_points IS NOT NULL THEN 'undetermined'
        WHEN rest_payer IS NOT NULL THEN rest_payer
        ELSE {public_body}
    END,
    CASE
        WHEN open_points IS NOT NULL THEN
            'undetermined: ' || array_to_string(list_sort(list_distinct(open_points)), '; ')
        WHEN rest_payer IS NOT NULL THEN 'the rest: the payer bears what the others leave, with the odd cents'
        WHEN shares = 0 AND kept_how = 'none' THEN 'none: the cost stays with the public body'
        WHEN shares = 0 THEN
            'added only: nothing of this cost is on record as added by the use; it stays with the public body'
        WHEN remains < 0 AND amount > remains THEN 'left: more is charged than was spent'
        WHEN remains > 0 AND amount < remains THEN 'left: more is given back than was refunded'
        ELSE 'left: what no payer bears stays with the public body'
    END,
    remains, currency,
    CASE
        WHEN open_points IS NULL THEN s.rest_cites
        ELSE array_to_string(list_sort(list_distinct(list_concat(open_cites, coalesce(s.own_cites, [])))), '; ')
    END
FROM rests
LEFT JOIN rule_sets AS s ON s.set_no = rests.set_no
WHERE remains <> 0 OR shares = 0 OR open_points IS NOT NULL
