-- Each cost, shared by the cost rule of its use's arrangement: the rule for its class, else for 'any other'.
-- A share nobody can be shown to owe is 'undetermined', and `method` says why.
WITH asked AS (
    SELECT
        c.cost_id, c.use_id, c.cost_class, c.basis, c.amount, c.currency, d.costs AS arrangement, d.missing,
        u.agency, coalesce(x.arrangements, []) AS arrangements, coalesce(x.agencies, []) AS agencies,
        x.record_id IS NOT NULL AS is_expense
    FROM costs AS c
    LEFT JOIN uses AS u ON u.use_id = c.use_id
    LEFT JOIN determinations AS d ON d.use_id = c.use_id
    LEFT JOIN expense_uses AS x ON c.basis = 'expense record' AND x.record_id = c.cost_id
),
ruled AS (
    SELECT
        a.*, own.arrangement IS NOT NULL OR other.arrangement IS NOT NULL AS has_rule,
        CASE WHEN own.arrangement IS NOT NULL THEN own.payer ELSE other.payer END AS word,
        CASE WHEN own.arrangement IS NOT NULL THEN own.method ELSE other.method END AS how,
        CASE WHEN own.arrangement IS NOT NULL THEN own.cites ELSE other.cites END AS cites,
        CASE WHEN own.arrangement IS NOT NULL THEN own.choices ELSE other.choices END AS choices
    FROM asked AS a
    LEFT JOIN cost_rules AS own
        ON own.arrangement = lower(trim(a.arrangement)) AND own.cost_class = a.cost_class
    LEFT JOIN cost_rules AS other
        ON other.arrangement = lower(trim(a.arrangement)) AND other.cost_class = 'any other'
),
open_points AS (
    SELECT
        *,
        CASE
            WHEN use_id IS NULL THEN 'no use on record explains this expense'
            WHEN len(arrangements) > 1 THEN
                'the uses this expense belongs to fall under different arrangements ('
                || list_aggregate(arrangements, 'string_agg', ', ') || '), and no rule splits it'
            WHEN arrangement IS NULL THEN
                'the determination of the use is open'
                || CASE WHEN coalesce(missing, '') = '' THEN '' ELSE ': ' || missing END
            WHEN NOT has_rule THEN
                'the rulebook has no cost rule for ' || cost_class || ' under ' || arrangement
            WHEN choices > 1 THEN
                'the rulebook gives ' || choices || ' different cost rules for ' || cost_class || ' under '
                || arrangement
            WHEN how = 'none' OR (how = 'added only' AND NOT is_expense) THEN NULL
            WHEN how IS NULL OR how NOT IN ('full', 'added only') THEN
                'the cost rule''s method is not known: ' || coalesce(how, 'none written')
            WHEN word = '{agency}' AND len(agencies) > 1 THEN
                'the uses this expense belongs to are of different agencies ('
                || list_aggregate(agencies, 'string_agg', ', ') || ')'
            WHEN word = '{agency}' AND agency IS NULL THEN 'the using agency is not on record'
            WHEN coalesce(word, '') = '' THEN 'the cost rule names no payer'
        END AS open_point
    FROM ruled
)
SELECT
    cost_id, use_id, cost_class,
    CASE
        WHEN open_point IS NOT NULL THEN 'undetermined'
        WHEN how = 'none' OR (how = 'added only' AND NOT is_expense) THEN {public_body}
        WHEN word = '{agency}' THEN agency
        ELSE word
    END AS payer,
    CASE
        WHEN open_point IS NOT NULL THEN 'undetermined: ' || open_point
        WHEN how = 'none' THEN 'none: the cost stays with the public body'
        WHEN how = 'added only' AND is_expense THEN 'added only: the use added this expense; the payer bears it'
        WHEN how = 'added only' THEN
            'added only: nothing of this cost is on record as added by the use; it stays with the public body'
        ELSE 'full: the payer bears all of it'
    END AS method,
    amount, currency, coalesce(cites, '') AS cites
FROM open_points
