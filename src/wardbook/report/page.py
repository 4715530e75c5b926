"""The report: one page that needs nothing but itself.

Style and script stand in the page; a policy in its head forbids every other source and every script but that
one, by hash. Python prints what must be readable without a script (summary, map, findings, tests, exhibits);
the script adds the table of uses and opens sources, from JSON that stands in the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import duckdb
from markupsafe import Markup

from wardbook.audit import Audit
from wardbook.report.comparisons import entry_pairs, judgements, name_pairs, stated_figures
from wardbook.report.day_section import movements_section
from wardbook.report.drawing import drawings
from wardbook.report.figures import figures
from wardbook.report.finding_groups import finding_groups, source_lines
from wardbook.report.held import costs_without_use, held
from wardbook.report.page_files import page_text, source_hash, template
from wardbook.report.payload import payload, script_json
from wardbook.report.shown import choose, findings_shown, forget
from wardbook.report.summary import counting_rule
from wardbook.report.timeline import timeline
from wardbook.report.traffic import traffic


def page_html(audit: Audit, program_version: str, files: Mapping[str, str]) -> str:
    """The whole page as text; ``files`` maps each data file beside it to its SHA-256.

    A few relations (``report_*``) are made in the engine for the time of the call and dropped again.
    """
    engine = audit.engine
    listed = findings_shown(audit.findings)
    shown = choose(engine, listed)
    try:
        found = figures(audit)
        lines = source_lines(engine, "report_wanted")
        moved = traffic(engine)
        return template("report.html.j2").render(
            audit=audit,
            version=program_version,
            duckdb_version=duckdb.__version__,
            rulebook_file=PurePath(audit.rulebook.path).name,
            files=files,
            shown=shown,
            figures=found,
            rule_of_count=counting_rule(found),
            groups=finding_groups(engine, listed, audit.findings),
            verdicts=stated_figures(engine, lines),
            names=name_pairs(engine),
            entries=entry_pairs(engine, lines),
            judged=judgements(engine),
            held=held(engine),
            loose_costs=costs_without_use(engine),
            traffic=moved,
            maps=drawings(moved),
            timeline=timeline(engine),
            moves=movements_section(engine, audit.settings.zone),
            day_style=Markup(page_text("day.css")),  # noqa: S704  # ours, from the package
            day_style_hash=source_hash("day.css"),
            style=Markup(page_text("style.css")),  # noqa: S704  # ours, from the package
            script=Markup(page_text("report.js")),  # noqa: S704  # ours, from the package
            style_hash=source_hash("style.css"),
            script_hash=source_hash("report.js"),
            data=Markup(script_json(payload(audit, listed))),  # noqa: S704  # escaped by script_json
        )
    finally:
        forget(engine)
