-- The expenses that belong to no movement.
SELECT e.record_id AS expense_id,
       CASE WHEN k.expense_id IS NULL THEN 'no trip, no vehicle and no person with a day is on record'
            ELSE 'no movement of its trip, its vehicle or its person lies in its days' END AS reason
FROM expenses e
LEFT JOIN (SELECT DISTINCT expense_id FROM expenses_keyed) k ON k.expense_id = e.record_id
ANTI JOIN (SELECT expense_id FROM expense_legs) l ON l.expense_id = e.record_id
