-- What is due under the orders in force, day by day, and what filled it: payments the oldest first, then what lies
-- in escrow, then what was written off. Under an order that came back nothing was due before it did.
WITH passed AS (
    SELECT instrument, first_payer, currency, sum(amount) AS amount
    FROM ledger_passes
    GROUP BY instrument, first_payer, currency
),
items AS (
    SELECT
        i.instrument, i.payer, i.currency, greatest(i.due_on, t.revived_on) AS due_on,
        least(i.upto, i.total - coalesce(p.amount, 0)) - i.after AS amount, i.upto AS place, i.sources
    FROM ledger_items AS i
    JOIN ledger_turns AS t ON t.instrument = i.instrument
    LEFT JOIN passed AS p
        ON p.instrument = i.instrument AND p.first_payer = i.payer AND p.currency = i.currency
    WHERE t.live
    UNION ALL
    SELECT p.instrument, p.payer, p.currency, p.passed_on, p.amount, NULL, p.sources
    FROM ledger_passes AS p JOIN ledger_turns AS t ON t.instrument = p.instrument
    WHERE t.live
),
ordered AS (
    SELECT
        *,
        sum(amount) OVER (
            PARTITION BY instrument, payer, currency
            ORDER BY due_on NULLS LAST, place NULLS LAST, amount, sources ROWS UNBOUNDED PRECEDING
        ) AS upto
    FROM items
    WHERE amount > 0
),
lowered AS (
    SELECT
        instrument, payer, currency, coalesce(sum(amount) FILTER (kind = 'paid'), 0) AS paid,
        coalesce(sum(amount) FILTER (kind = 'in escrow'), 0) AS in_escrow,
        coalesce(sum(amount) FILTER (kind = 'written off'), 0) AS written_off
    FROM (
        SELECT instrument, payer, currency, kind, amount FROM ledger_placed
        UNION ALL
        SELECT instrument, payer, currency, 'written off', -amount FROM order_lines WHERE amount < 0 AND NOT contingent
    ) AS c
    GROUP BY instrument, payer, currency
),
levels AS (
    SELECT
        instrument, payer, currency, greatest(paid, 0) AS paid_to,
        greatest(paid, 0) + greatest(in_escrow, 0) AS escrow_to,
        greatest(paid, 0) + greatest(in_escrow, 0) + greatest(written_off, 0) AS all_to
    FROM lowered
),
covered AS (
    SELECT
        o.*, least(greatest(coalesce(l.paid_to, 0) - (o.upto - o.amount), 0), o.amount) AS by_pay,
        least(greatest(coalesce(l.escrow_to, 0) - (o.upto - o.amount), 0), o.amount) AS by_escrow,
        least(greatest(coalesce(l.all_to, 0) - (o.upto - o.amount), 0), o.amount) AS by_all
    FROM ordered AS o
    LEFT JOIN levels AS l
        ON l.instrument = o.instrument AND l.payer = o.payer AND l.currency = o.currency
),
daily AS (
    SELECT
        instrument, payer, currency, day, list(record_id) AS sources, sum(amount) AS moved,
        sum(sum(amount)) OVER (
            PARTITION BY instrument, payer, currency ORDER BY day NULLS FIRST ROWS UNBOUNDED PRECEDING
        ) AS upto
    FROM ledger_placed
    WHERE kind <> 'written off'
    GROUP BY instrument, payer, currency, day
),
fills AS (
    SELECT
        c.instrument, c.payer, c.currency, c.upto, max(d.day) AS paid_on, flatten(list(d.sources)) AS sources
    FROM covered AS c
    JOIN daily AS d
        ON d.instrument = c.instrument AND d.payer = c.payer AND d.currency = c.currency
        AND d.moved > 0 AND d.upto > c.upto - c.amount AND d.upto - d.moved < c.upto
    WHERE c.by_escrow > 0
    GROUP BY c.instrument, c.payer, c.currency, c.upto
),
given_up AS (
    SELECT instrument, payer, currency, list(record_id) AS sources
    FROM ledger_placed
    WHERE kind = 'written off'
    GROUP BY instrument, payer, currency
),
aged AS (
    SELECT
        c.*, c.amount - c.by_all AS left_open, f.paid_on, t.day AS as_of,
        CASE WHEN c.by_all < c.amount THEN greatest(t.day - c.due_on, 0) ELSE 0 END AS late,
        list_concat(
            c.sources, coalesce(f.sources, []), CASE WHEN c.by_all > c.by_escrow THEN coalesce(g.sources, []) ELSE [] END
        ) AS all_sources,
        f.paid_on < k.asked_on AS before_asked
    FROM covered AS c
    CROSS JOIN ledger_day AS t
    LEFT JOIN fills AS f
        ON f.instrument = c.instrument AND f.payer = c.payer AND f.currency = c.currency AND f.upto = c.upto
    LEFT JOIN given_up AS g
        ON g.instrument = c.instrument AND g.payer = c.payer AND g.currency = c.currency
    LEFT JOIN (
        SELECT instrument, debtor, min(asked_on) AS asked_on FROM order_payments GROUP BY instrument, debtor
    ) AS k ON k.instrument = c.instrument AND k.debtor = c.payer
)
SELECT
    instrument, payer, due_on, CAST(amount AS DECIMAL(18,2)) AS amount, CAST(by_pay AS DECIMAL(18,2)) AS paid,
    paid_on, CAST(left_open AS DECIMAL(18,2)) AS "open", CAST(late AS BIGINT) AS days_late,
    CASE
        WHEN left_open = 0 THEN 'settled'
        WHEN due_on IS NULL OR as_of IS NULL THEN 'day not on record'
        WHEN late <= 0 THEN 'not due'
        WHEN late <= 30 THEN '1-30'
        WHEN late <= 60 THEN '31-60'
        WHEN late <= 90 THEN '61-90'
        ELSE 'over 90'
    END AS age,
    list_sort(list_distinct(all_sources)) AS sources, currency,
    CAST(by_escrow - by_pay AS DECIMAL(18,2)) AS in_escrow, CAST(by_all - by_escrow AS DECIMAL(18,2)) AS written_off,
    CASE WHEN before_asked THEN 'before it was asked' END AS remark
FROM aged
