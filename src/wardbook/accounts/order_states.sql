-- What became of each order, for each payer. `outstanding` may be added up: it is nothing for what another
-- instrument has replaced and for what is owed only after another payer.
WITH counted AS (
    SELECT
        instrument, payer, currency, amount, decided_on AS day, 0 AS passed_in, 0 AS passed_out,
        [record_id] AS sources
    FROM order_lines
    WHERE NOT contingent
    UNION ALL
    SELECT instrument, payer, currency, amount, passed_on, amount, 0, sources FROM ledger_passes
    UNION ALL
    SELECT instrument, first_payer, currency, -amount, NULL, 0, amount, sources FROM ledger_passes
),
dues AS (
    SELECT
        instrument, payer, currency, sum(amount) AS due, min(day) AS day, sum(passed_in) AS passed_in,
        sum(passed_out) AS passed_out, flatten(list(sources)) AS sources
    FROM counted
    GROUP BY instrument, payer, currency
),
daily AS (
    SELECT
        c.instrument, c.payer, c.currency, c.counts_on, d.due,
        sum(sum(c.amount)) OVER (
            PARTITION BY c.instrument, c.payer, c.currency ORDER BY c.counts_on NULLS FIRST
        ) AS filled
    FROM ledger_placed AS c
    JOIN dues AS d ON d.instrument = c.instrument AND d.payer = c.payer AND d.currency = c.currency
    GROUP BY c.instrument, c.payer, c.currency, c.counts_on, d.due
),
filled AS (
    SELECT instrument, payer, currency, min(counts_on) FILTER (filled >= due) AS filled_on
    FROM daily
    GROUP BY instrument, payer, currency
),
credited AS (
    SELECT
        instrument, payer, currency, coalesce(sum(amount) FILTER (kind = 'paid'), 0) AS paid,
        coalesce(sum(amount) FILTER (kind = 'in escrow'), 0) AS in_escrow,
        coalesce(sum(amount) FILTER (kind = 'written off'), 0) AS written_off, list(record_id) AS sources
    FROM ledger_placed
    GROUP BY instrument, payer, currency
),
plans AS (
    SELECT
        instrument, payer, currency, max(planned) AS planned, max(total) AS total,
        flatten(list(sources) FILTER (of_plan)) AS sources
    FROM ledger_items
    GROUP BY instrument, payer, currency
),
accounts AS (
    SELECT
        d.instrument, d.payer, d.currency, d.day, d.due, coalesce(c.paid, 0) AS paid,
        coalesce(c.in_escrow, 0) AS in_escrow, coalesce(c.written_off, 0) AS written_off,
        d.due - coalesce(c.paid, 0) - coalesce(c.in_escrow, 0) - coalesce(c.written_off, 0) AS remains,
        d.passed_in, d.passed_out, f.filled_on, p.planned, p.total,
        list_concat(d.sources, coalesce(c.sources, []), coalesce(p.sources, [])) AS sources,
        t.* EXCLUDE (instrument)
    FROM dues AS d
    JOIN ledger_turns AS t ON t.instrument = d.instrument
    LEFT JOIN credited AS c
        ON c.instrument = d.instrument AND c.payer = d.payer AND c.currency = d.currency
    LEFT JOIN filled AS f ON f.instrument = d.instrument AND f.payer = d.payer AND f.currency = d.currency
    LEFT JOIN plans AS p ON p.instrument = d.instrument AND p.payer = d.payer AND p.currency = d.currency
),
stated AS (
    SELECT
        a.*, m.due_on AS missed_on, m.last_day AS missed_by, m.amount AS missed, m.defaulted_on AS late_since,
        CASE
            WHEN NOT a.live THEN 'superseded'
            WHEN a.remains <= 0 AND a.written_off > 0 THEN 'written off'
            WHEN a.remains <= 0 AND a.in_escrow <= 0 THEN 'paid'
            WHEN a.revived_on IS NOT NULL THEN 'revived'
            ELSE 'in force'
        END AS state
    FROM accounts AS a
    LEFT JOIN ledger_defaults AS m
        ON m.instrument = a.instrument AND m.payer = a.payer AND m.currency = a.currency
),
waiting AS (
    SELECT
        l.instrument, l.payer, l.currency, l.liable_after, sum(l.amount) AS due, min(l.decided_on) AS day,
        list(l.record_id) AS sources
    FROM order_lines AS l
    LEFT JOIN ledger_passes AS p
        ON p.instrument = l.instrument AND p.payer = l.payer AND p.currency = l.currency
        AND p.first_payer = l.liable_after
    WHERE l.contingent AND p.instrument IS NULL
    GROUP BY l.instrument, l.payer, l.currency, l.liable_after
),
told AS (
    SELECT
        instrument, payer, currency, state,
        CASE
            WHEN defaulted_on IS NOT NULL THEN defaulted_on
            WHEN again_by IS NOT NULL THEN again_on
            WHEN NOT live THEN superseded_on
            WHEN state IN ('written off', 'paid') THEN coalesce(filled_on, day)
            WHEN revived_on IS NOT NULL THEN greatest(revived_on, day)
            ELSE day
        END AS since,
        due, paid, in_escrow, written_off, CASE WHEN live THEN remains ELSE 0 END AS outstanding,
        concat_ws(
            '; ',
            CASE
                WHEN defaulted_on IS NOT NULL THEN
                    'in default: '
                    || coalesce(currency || ' ' || missed || ' due on ' || missed_on || ' was not paid by '
                    || missed_by || ' by this payer', 'another payer of it did not pay')
                    || ', so ''' || revives || ''' is in force again, and what was paid counts there'
                WHEN again_by IS NOT NULL THEN
                    'it had come back by the default of ''' || revived_by || '''; ''' || again_by
                    || ''' then replaced it'
                WHEN NOT live THEN 'replaced by ''' || superseded_by || ''''
                WHEN remains < 0 THEN 'overpaid by ' || currency || ' ' || -remains
                WHEN state = 'paid' THEN 'paid in full'
                WHEN state = 'written off' THEN 'what was not paid of it was written off'
                WHEN remains = 0 THEN 'nothing is left to pay; what lies in escrow has not reached the creditor'
            END,
            CASE
                WHEN live AND revived_on IS NOT NULL THEN
                    'came back into force on ' || revived_on || ', when ''' || revived_by || ''' was in default'
            END,
            CASE
                WHEN NOT live OR remains <= 0 OR passed_in > 0 OR revived_on IS NOT NULL THEN NULL
                WHEN missed IS NOT NULL THEN
                    'in default since ' || late_since || ': of ' || currency || ' ' || missed || ' due on '
                    || missed_on || ' a part was not paid by ' || missed_by
                ELSE 'no default is on record'
            END,
            CASE
                WHEN NOT live AND defaulted_on IS NULL AND paid + in_escrow + written_off <> 0 THEN
                    currency || ' ' || (paid + in_escrow + written_off) || ' was paid, laid into escrow or written '
                    || 'off on it; the record does not say whether what replaced it counts that'
            END,
            CASE WHEN passed_in > 0 THEN currency || ' ' || passed_in || ' passed to this payer, who is liable '
                || 'after another' END,
            CASE WHEN passed_out > 0 THEN currency || ' ' || passed_out || ' passed to the payer liable after '
                || 'this one, and is counted there alone; this one owes it still' END,
            CASE WHEN planned > total THEN 'its plan asks for ' || currency || ' ' || planned || ', '
                || (planned - total) || ' more than its lines; the account goes by the lines' END,
            CASE WHEN live AND missed IS NOT NULL AND names IS NOT NULL THEN
                'a default was to bring ''' || names || ''' back, which is not on record as replaced' END
        ) AS reason,
        sources
    FROM stated
    UNION ALL
    SELECT
        w.instrument, w.payer, w.currency,
        CASE
            WHEN NOT t.live THEN 'superseded'
            WHEN f.state IN ('paid', 'written off') THEN f.state
            ELSE 'contingent on ' || w.liable_after
        END,
        CASE
            WHEN NOT t.live THEN coalesce(t.defaulted_on, t.again_on, t.superseded_on)
            WHEN f.state IN ('paid', 'written off') THEN coalesce(f.filled_on, f.day)
            ELSE w.day
        END,
        w.due, 0, 0, 0, 0,
        CASE
            WHEN NOT t.live THEN
                'replaced by ''' || coalesce(t.revives, t.again_by, t.superseded_by) || ''''
            WHEN f.state IN ('paid', 'written off') THEN
                'nothing is left of the debt of ' || w.liable_after || ', who had to pay first'
            ELSE 'owed only if ' || w.liable_after || ', who must pay first, is in default; up to then it is in '
                || 'no total'
        END,
        w.sources
    FROM waiting AS w
    JOIN ledger_turns AS t ON t.instrument = w.instrument
    LEFT JOIN stated AS f
        ON f.instrument = w.instrument AND f.payer = w.liable_after AND f.currency = w.currency
)
SELECT
    instrument, payer, currency, state, since, CAST(due AS DECIMAL(18,2)) AS due,
    CAST(paid AS DECIMAL(18,2)) AS paid, CAST(in_escrow AS DECIMAL(18,2)) AS in_escrow,
    CAST(written_off AS DECIMAL(18,2)) AS written_off, CAST(outstanding AS DECIMAL(18,2)) AS outstanding,
    reason, list_sort(list_distinct(sources)) AS sources
FROM told
