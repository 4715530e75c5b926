-- Every move of money under orders: one debit and one credit account each. A later event is an entry of its own
-- that reverses or moves what stands; none is changed. Receivables under an order stand in sub-accounts of
-- their own, so that they are never added to the receivables of the uses they rest on. What one payer owes only
-- after another is not posted until it passes to him.
WITH lines AS (
    SELECT
        l.*, 'receivable:' || l.payer || ':' || l.instrument AS account,
        l.kind = 'interest' AND coalesce(l.decided_on > t.decided_on, false) AS later
    FROM order_lines AS l JOIN ledger_turns AS t ON t.instrument = l.instrument
    WHERE NOT l.contingent
),
passes AS (
    SELECT
        p.*, 'receivable:' || p.payer || ':' || p.instrument AS debit,
        'receivable:' || p.first_payer || ':' || p.instrument AS credit,
        coalesce(p.passed_on < t.superseded_on, false) AS before
    FROM ledger_passes AS p JOIN ledger_turns AS t ON t.instrument = p.instrument
),
standing AS (
    SELECT
        instrument, account AS debit, kind AS credit, amount, currency, [record_id] AS sources, true AS before
    FROM lines
    UNION ALL
    SELECT instrument, debit, credit, amount, currency, sources, before FROM passes
)
SELECT
    CASE WHEN later THEN 'interest:' || record_id ELSE 'order:' || instrument END AS entry_id,
    CASE WHEN later THEN 'interest' ELSE 'order' END AS what, decided_on AS day,
    CASE WHEN later THEN 'interest under ''' ELSE 'what is to be paid under ''' END || instrument || '''' AS words,
    account AS debit, kind AS credit, amount, currency, [record_id] AS sources
FROM lines
UNION ALL
SELECT
    'passed:' || instrument || ':' || payer, 'passed', passed_on,
    first_payer || ' was in default under ''' || instrument || ''': what was open passes to ' || payer,
    debit, credit, amount, currency, sources
FROM passes
UNION ALL
SELECT
    'superseded:' || s.instrument, 'superseded', t.superseded_on,
    '''' || s.instrument || ''' was replaced by ''' || t.superseded_by || '''', s.debit, s.credit, -s.amount, s.currency, s.sources
FROM standing AS s JOIN ledger_turns AS t ON t.instrument = s.instrument
WHERE t.superseded AND t.defaulted_on IS NULL AND s.before
UNION ALL
SELECT
    'defaulted:' || s.instrument, 'default', t.defaulted_on,
    '''' || s.instrument || ''' was in default and gives way to ''' || t.revives || '''', s.debit, s.credit,
    -s.amount, s.currency, s.sources
FROM standing AS s JOIN ledger_turns AS t ON t.instrument = s.instrument
WHERE t.defaulted_on IS NOT NULL
UNION ALL
SELECT
    'revived:' || s.instrument, 'revived', t.revived_on,
    '''' || s.instrument || ''' came back into force: ''' || t.revived_by || ''' was in default', s.debit,
    s.credit, s.amount, s.currency, s.sources
FROM standing AS s JOIN ledger_turns AS t ON t.instrument = s.instrument
WHERE t.revived_on IS NOT NULL AND s.before
UNION ALL
SELECT
    'superseded:' || s.instrument || ':' || t.again_by, 'superseded', t.again_on,
    '''' || s.instrument || ''', which had come back, was replaced by ''' || t.again_by || '''', s.debit, s.credit,
    -s.amount, s.currency, s.sources
FROM standing AS s JOIN ledger_turns AS t ON t.instrument = s.instrument
WHERE t.again_by IS NOT NULL
UNION ALL
SELECT
    'moved:' || c.record_id, 'moved', c.counts_on,
    'counts on ''' || c.instrument || ''' after the default of ''' || c.first_instrument || '''',
    'receivable:' || c.first_payer || ':' || c.first_instrument, 'receivable:' || c.payer || ':' || c.instrument,
    c.amount, c.currency, [c.record_id]
FROM ledger_placed AS c
WHERE c.moved
UNION ALL
SELECT
    'paid:' || p.record_id, CASE WHEN p.into_escrow THEN 'escrow' ELSE 'paid' END, p.day,
    CASE
        WHEN p.into_escrow AND p.amount < 0 THEN 'taken out of escrow'
        WHEN p.into_escrow THEN 'laid into escrow'
        WHEN p.amount < 0 THEN 'a payment taken back'
        ELSE 'a payment'
    END || coalesce(' by ' || p.paid_by, '') || CASE WHEN p.before_asked THEN ', before it was asked' ELSE '' END,
    CASE
        WHEN p.into_escrow THEN 'escrow:' || p.debtor || coalesce(':' || p.instrument, '')
        ELSE 'cash'
    END,
    'receivable:' || CASE WHEN c.moved THEN p.debtor ELSE coalesce(c.payer, p.debtor) END
    || coalesce(':' || p.instrument, ''),
    p.amount, p.currency, [p.record_id]
FROM order_payments AS p
LEFT JOIN ledger_placed AS c ON c.record_id = p.record_id
UNION ALL
SELECT
    'written-off:' || c.record_id, 'written off', c.day,
    'written off' || coalesce(' by ' || nullif(trim(w.authority), ''), ''),
    'written-off:' || CASE WHEN c.moved THEN c.first_payer ELSE c.payer END || ':' || c.first_instrument,
    'receivable:' || CASE WHEN c.moved THEN c.first_payer ELSE c.payer END || ':' || c.first_instrument,
    c.amount, c.currency, [c.record_id]
FROM ledger_placed AS c
LEFT JOIN write_offs AS w ON w.record_id = c.record_id
WHERE c.kind = 'written off'
