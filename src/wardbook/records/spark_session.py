"""Starting Spark: a session that reads SQL as `spark_sql` writes it, and says nothing on the terminal.

There is one Java program a process. It runs on this machine (``local[*]``) unless Spark's own settings name
another master: ``SPARK_REMOTE`` (Spark Connect), ``PYSPARK_SUBMIT_ARGS``, or ``spark.master`` in
``spark-defaults.conf``.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Any

from wardbook.errors import WrongUseError

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.variable.substitute": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.compression.codec": "zstd",
}
"""What the meaning of a query hangs on: a ``${...}`` in a text stays text, a day of 1500 stays that day, a
fraction beside a number of 38 digits stays a fraction."""

_RAW_TEXTS = "spark.sql.parser.escapedStringLiterals"
"""An old setting under which a backslash in a text is no escape; Spark warns whenever it is set."""

_AT_START = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
_INSTALL = 'Install it with: pip install "wardbook[spark]"'


def new_session() -> Any:
    """A Spark session with temporary views of its own.

    Raises `WrongUseError` with what to install where pyspark or Java is missing or does not start.
    """
    session = _first_session()
    own = session if _remote() else session.newSession()
    for name, value in _SETTINGS.items():
        own.conf.set(name, value)
    if own.conf.get(_RAW_TEXTS, "false") == "true":
        own.conf.set(_RAW_TEXTS, "false")
    if not _remote() and own.sparkContext.master.startswith("local"):
        own.conf.set("spark.sql.shuffle.partitions", str(4 * own.sparkContext.defaultParallelism))
    return own


def java_missing() -> str:
    """Why Java cannot run Spark on this machine; empty where it can."""
    home = os.environ.get("JAVA_HOME")
    found = Path(home, "bin", "java").is_file() if home else shutil.which("java") is not None
    where = f"JAVA_HOME {home}" if home else "PATH"
    return "" if found else f"expected the program java of version 17 or later; found none in {where}"


def _remote() -> bool:
    return "SPARK_REMOTE" in os.environ


@cache
def _first_session() -> Any:
    """The session of the process; the Java program behind it ends with the process."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise WrongUseError(
            f"the engine spark needs pyspark: expected it to be installed; found none. {_INSTALL}"
        ) from error
    if _remote():
        try:
            return SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()
        except (ImportError, PySparkException) as error:
            raise WrongUseError(f"SPARK_REMOTE cannot be used: {_first_line(error)}") from error
    return SparkSession.getActiveSession() or _local_session()


def _local_session() -> Any:
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    missing = java_missing()
    if missing:
        raise WrongUseError(f"the engine spark needs Java: {missing}. Install a Java runtime.")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = SparkConf()
    for name, value in _AT_START.items():
        settings.set(name, value)
    with tempfile.TemporaryFile() as said:
        try:
            gateway = launch_gateway(settings, {"stdout": said, "stderr": said})  # type: ignore[no-untyped-call]
        except PySparkException as error:
            raise WrongUseError(f"Spark does not start: {_last_words(said) or error}") from error
        context = SparkContext(gateway=gateway, conf=settings)
    context.setLogLevel("OFF")
    session = SparkSession(context)
    atexit.register(_end, session, gateway)
    return session


def _end(session: Any, gateway: Any) -> None:
    """Stop Spark, let go of its sockets, and wait for the Java program: its input ends with the pipe."""
    session.stop()
    gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()
        gateway.proc.wait()


def _last_words(said: IO[bytes]) -> str:
    """What the Java program wrote before it gave up, its last lines."""
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").split("\n")
    return " ".join(line.strip() for line in lines if line.strip())[-500:]


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
