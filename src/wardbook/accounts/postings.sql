-- Double entry. A cost: debit who bears it, credit what was spent. The moves under orders: see ledger_moves.
WITH moves AS (
    SELECT
        'cost:' || cost_id AS entry_id,
        CASE payer
            WHEN 'undetermined' THEN 'suspense:undetermined'
            WHEN {public_body} THEN 'public:' || payer
            ELSE 'receivable:' || payer
        END AS debit,
        'spent:' || cost_class AS credit, amount, currency
    FROM allocations
    UNION ALL
    SELECT entry_id, debit, credit, amount, currency FROM ledger_moves
),
sides AS (
    SELECT entry_id, debit AS account, amount, currency FROM moves
    UNION ALL
    SELECT entry_id, credit, -amount, currency FROM moves
)
SELECT entry_id, account, CAST(sum(amount) AS DECIMAL(18,2)) AS amount, currency
FROM sides
GROUP BY entry_id, account, currency
