"""``findings.json``: every finding with all its fields, as text that is the same for the same findings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal

from wardbook.findings.finding import Finding


def findings_text(findings: Iterable[Finding]) -> str:
    """The findings as a JSON list, sorted by finding_id; money as strings, never as floats."""
    ordered = sorted(findings, key=lambda finding: finding.finding_id)
    return json.dumps([asdict(f) for f in ordered], ensure_ascii=False, indent=1, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not stand in a finding")
