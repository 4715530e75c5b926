"""The small case, audited, for every test of the report."""

from __future__ import annotations

import pytest

from tests.report.small_case import empty_audit, small_audit
from tests.report.written_case import document, millbrook
from wardbook.audit import Audit

__all__ = ["document", "millbrook"]


@pytest.fixture
def audited() -> Audit:
    return small_audit()


@pytest.fixture
def nothing() -> Audit:
    return empty_audit()
