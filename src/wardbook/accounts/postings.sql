-- Double entry. A cost: debit who bears it, credit what was spent. An order: debit its receivable, credit
-- its kind; a replaced order is reversed. A payment: debit cash, credit the receivable it lowers.
-- Receivables under an order stand in sub-accounts of their own, so that they are never added to the
-- receivables of the uses they rest on.
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
    SELECT 'order:' || instrument, 'receivable:' || payer || ':' || instrument, kind, amount, currency
    FROM order_lines
    UNION ALL
    SELECT 'superseded:' || instrument, 'receivable:' || payer || ':' || instrument, kind, -amount, currency
    FROM order_lines
    WHERE superseded
    UNION ALL
    SELECT
        'paid:' || record_id, 'cash', 'receivable:' || debtor || coalesce(':' || instrument, ''), amount, currency
    FROM order_payments
),
sides AS (
    SELECT entry_id, debit AS account, amount, currency FROM moves
    UNION ALL
    SELECT entry_id, credit, -amount, currency FROM moves
)
SELECT entry_id, account, CAST(sum(amount) AS DECIMAL(18,2)) AS amount, currency
FROM sides
GROUP BY entry_id, account, currency
