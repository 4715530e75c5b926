"""Fixtures of the tests of policy."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Any:
    """A Spark session, or a skip with the reason. It starts once, and ends with the process."""
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    pytest.importorskip("sqlglot", reason="sqlglot is not installed")
    from wardbook.records.spark_session import java_missing, new_session

    if missing := java_missing():
        pytest.skip(f"Spark needs Java: {missing}")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
        return new_session()
