"""Tests that compare Spark with DuckDB, run on a Sail server in the place of Spark.

``python -m tests.records.conformance_tests FILE...``; a test that is skipped there fails the run.
"""

from __future__ import annotations

import os
import sys

import pytest

from tests.records.conformance_play import new_server


class NoSkips:
    """Counts the tests that did not run."""

    def __init__(self) -> None:
        self.skipped = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a skipped test."""
        self.skipped += report.skipped


def main() -> int:
    """Run the tests; 0 if all ran and passed."""
    os.environ["SPARK_REMOTE"] = new_server()
    seen = NoSkips()
    code = pytest.main(["-q", "-p", "no:cacheprovider", "-k", "not java", *sys.argv[1:]], plugins=[seen])
    return int(code) or int(seen.skipped > 0)


if __name__ == "__main__":
    sys.exit(main())
