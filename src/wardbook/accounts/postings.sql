-- Double entry. A cost: debit each share to who bears it, credit the cost itself to what was spent; so its entry
-- adds up to zero only where its shares add up to it. The moves under orders: see ledger_moves. Only what may
-- stand twice in one account of an entry is summed; shares of the same mark may, and no others.
WITH shares AS (
    SELECT
        'cost:' || cost_id AS entry_id,
        CASE payer
            WHEN 'undetermined' THEN 'suspense:undetermined'
            WHEN {public_body} THEN 'public:' || payer
            ELSE 'receivable:' || payer
        END AS account,
        amount, currency, hash(cost_id, payer, currency) AS mark
    FROM allocations
),
twice AS (
    SELECT mark
    FROM shares
    GROUP BY mark
    HAVING count(*) > 1
),
sides AS (
    SELECT entry_id, account, amount, currency FROM shares WHERE mark IN (SELECT mark FROM twice)
    UNION ALL
    SELECT entry_id, debit, amount, currency FROM ledger_moves
    UNION ALL
    SELECT entry_id, credit, -amount, currency FROM ledger_moves
)
SELECT entry_id, account, CAST(sum(amount) AS DECIMAL(18,2)) AS amount, currency
FROM sides
GROUP BY entry_id, account, currency
UNION ALL
SELECT entry_id, account, amount, currency
FROM shares
WHERE mark NOT IN (SELECT mark FROM twice)
UNION ALL
SELECT 'cost:' || cost_id, 'spent:' || cost_class, CAST(-amount AS DECIMAL(18,2)), currency
FROM costs
