from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from wardbook.records.disk_errors import disk_words

LIMITED = """
import resource, signal, sys, duckdb
from wardbook.records.disk_errors import disk_words
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    duckdb.connect().execute(f"COPY (SELECT hash(i) FROM range(10_000_000) AS t(i)) TO '{sys.argv[1]}'")
except duckdb.IOException as error:
    print(disk_words(error))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a file's size is that of Linux")
def test_what_the_engine_says_of_a_full_disk_has_no_json_in_it(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(target)], capture_output=True, text=True, check=True, timeout=120
    )
    assert "File too large" in done.stdout
    assert "{" not in done.stdout


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "x"), "No space left on device"),
        (OSError("gone"), "gone"),
        (duckdb.IOException("IO Error: Cannot open\nthe file"), "IO Error: Cannot open the file"),
        (duckdb.IOException('IO Error: x: {"exception_type":"IO","exception_message":"a \\"b\\""}'), 'a "b"'),
        (duckdb.IOException('IO Error: x: {"exception_type": cut}'), "IO Error: x"),
    ],
)
def test_the_words_of_an_error(error: OSError | duckdb.IOException, told: str) -> None:
    assert disk_words(error) == told
