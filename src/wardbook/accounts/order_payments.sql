-- Each payment with the debtor whose debt it lowers, and whether it was made before anybody asked for it: before
-- its order and those that order replaced (without an instrument: any order of its payer), and before any
-- request to the payer.
WITH requests AS (
    SELECT trim(a.whom) AS whom, min(CAST(timezone({zone}, a.at) AS DATE)) AS asked_on
    FROM acts AS a
    WHERE a.kind = 'request'
    GROUP BY trim(a.whom)
),
ordered AS (
    SELECT payer, min(decided_on) AS asked_on FROM order_lines GROUP BY payer
),
asked AS (
    SELECT c.*, least(CASE WHEN c.instrument IS NULL THEN o.asked_on ELSE i.asked_on END, q.asked_on) AS asked_on
    FROM ledger_credits AS c
    LEFT JOIN ledger_asked AS i ON i.instrument = c.instrument
    LEFT JOIN ordered AS o ON o.payer = c.debtor
    LEFT JOIN requests AS q ON q.whom = c.debtor
    WHERE c.kind <> 'written off'
)
SELECT
    record_id, instrument, debtor, amount, currency, day, paid_by, kind = 'in escrow' AS into_escrow, asked_on,
    day < asked_on AS before_asked
FROM asked
