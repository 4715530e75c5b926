"""The summary for the terminal: the figures of an audit as plain lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from wardbook.audit import Audit
from wardbook.records.engine import Engine
from wardbook.report.figures import Count, Figures, figures
from wardbook.report.finding_groups import procedure_name, procedure_place
from wardbook.report.wording import money, period, plural, whole

_PAYERS_SHOWN = 10
_FIGURES_SHOWN = 12


def summary_lines(audit: Audit) -> list[str]:
    """A compact summary of ``audit``: one fact a line, no markup, the same for the same audit."""
    found = figures(audit)
    return [
        *_heading(audit, found),
        "",
        *_decided(found),
        "",
        *_money(found),
        "",
        *_findings(audit),
        *_stated(audit.engine),
        "",
        *_rows(audit.engine),
    ]


def counting_rule(found: Figures) -> str:
    """The scope of the totals and the rule by which uses are counted, in one sentence."""
    scope = found.scope
    undated = f" ({plural(scope.undated, 'use')} without a day)" if scope.undated else ""
    return (
        f"{plural(scope.uses, 'use')}, {period(scope.first, scope.last)}{undated}; a use is counted once "
        f"however many sources name it ({plural(scope.entries, 'log entry', 'log entries')} behind them)"
    )


def _heading(audit: Audit, found: Figures) -> list[str]:
    return [
        audit.settings.title,
        f"Rulebook  {audit.rulebook.title}",
        f"Scope     {counting_rule(found)}",
    ]


def _decided(found: Figures) -> list[str]:
    purposes = ", ".join(f"{c.label} {whole(c.uses)}" for c in found.purposes)
    return [
        f"Permitted           {_answers(found.permitted)}",
        f"Security the reason {_answers(found.security)}",
        f"Purpose             {purposes or 'no use on record'}",
    ]


def _answers(counts: Iterable[Count]) -> str:
    return ", ".join(f"{count.label} {whole(count.uses)}" for count in counts)


def _money(found: Figures) -> list[str]:
    lines = [
        f"Costs on record: {money(t.amount, t.currency)} ({plural(t.costs, 'cost')}, {plural(t.uses, 'use')})"
        for t in found.totals
    ] or ["Costs on record: none"]
    lines.append("Receivables by payer:" if found.receivables or found.orders else "Receivables: none")
    lines += [
        f"  {money(p.amount, p.currency):>22}  {p.payer} ({plural(p.uses, 'use')})"
        for p in found.receivables[:_PAYERS_SHOWN]
    ]
    left = found.receivables[_PAYERS_SHOWN:]
    if left:
        lines.append(f"  and {plural(len(left), 'more payer')}: receivables.csv")
    lines += [
        f"  {money(o.amount, o.currency):>22}  {o.payer} ({o.what})" for o in found.orders[:_PAYERS_SHOWN]
    ]
    if len(found.orders) > _PAYERS_SHOWN:
        lines.append(
            f"  and {plural(len(found.orders) - _PAYERS_SHOWN, 'more line')} of orders: receivables.csv"
        )
    if found.receivables and found.orders:
        lines.append("  (what an order asks and what uses cost are not added up: they may be the same money)")
    lines += [
        f"Undetermined payer: {money(u.amount, u.currency)} ({plural(u.uses, 'use')})"
        for u in found.undetermined
    ] or ["Undetermined payer: none"]
    return lines


def _findings(audit: Audit) -> list[str]:
    counted = Counter(finding.procedure for finding in audit.findings)
    titles = {f.procedure: f.title for f in sorted(audit.findings, key=lambda f: f.finding_id, reverse=True)}
    if not counted:
        return ["Findings: none"]
    lines = [f"Findings: {whole(sum(counted.values()))}"]
    lines += [
        f"  {code:<8} {counted[code]:>7,d}  {procedure_name(code, titles[code])}"
        for code in sorted(counted, key=procedure_place)
    ]
    return lines


def _stated(engine: Engine) -> list[str]:
    counted = dict(engine.rows("SELECT verdict, count(*) FROM assertion_tests GROUP BY 1"))
    if not counted:
        return ["Stated figures tested: none on record"]
    verdicts = ("reproduced", "differs", "cannot be reproduced")
    rows = engine.rows("SELECT verdict, quantity, working FROM assertion_tests ORDER BY assertion_id")
    lines = ["Stated figures tested: " + ", ".join(f"{v} {whole(counted.get(v, 0))}" for v in verdicts)]
    lines += _concluded(engine)
    for verdict in verdicts:
        found = [f"{quantity}: {working}" for given, quantity, working in rows if given == verdict]
        lines += [f"  {verdict:<20} {line}" for line in found[:_FIGURES_SHOWN]]
        if len(found) > _FIGURES_SHOWN:
            lines.append(
                f"  {verdict:<20} and {whole(len(found) - _FIGURES_SHOWN)} more: assertion_tests.csv"
            )
    return lines


def _concluded(engine: Engine) -> list[str]:
    """What may be concluded of the statements, each held against its own scope."""
    counted = dict(engine.rows("SELECT finding_verdict, count(*) FROM assertion_tests GROUP BY 1"))
    verdicts = ("supported", "contradicted", "different scope", "not reproducible")
    told = ", ".join(f"{verdict} {whole(counted[verdict])}" for verdict in verdicts if verdict in counted)
    return [f"  in their scope: {told}"] if told else []


def _rows(engine: Engine) -> list[str]:
    counted = dict(engine.rows("SELECT fate, count(*) FROM source_rows GROUP BY 1"))
    fates = ("record", "set aside", "not a record")
    read = ", ".join(f"{fate} {whole(counted.get(fate, 0))}" for fate in fates)
    return [f"Rows of {plural(engine.count('exhibits'), 'exhibit')}: {whole(sum(counted.values()))} ({read})"]
