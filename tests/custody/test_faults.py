"""Faults of the system, injected call by call with strace: nothing acknowledged is lost.

The method is that of Tessera's fault tests. Skipped where strace is absent or may not trace.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wardbook.custody.log import Log

WRITER = """
import sys
from pathlib import Path
from wardbook.custody.log import Log
from wardbook.errors import WardbookError
log = Log(Path(sys.argv[1]))
print("ready", flush=True)
for batch in range(4):
    try:
        with log.writing():
            for _ in range(3):
                log.append("view", {"what": "x" * 300, "batch": batch})
    except WardbookError:
        continue
    print(len(log), flush=True)
"""

FAULTS = [
    f"{call}:{fault}:when={when}+{step}"
    for call, faults in {
        "fdatasync": ("error=EIO", "signal=KILL"),
        "pwrite64": ("error=EIO", "error=ENOSPC", "signal=KILL", "retval=0"),
        "ftruncate": ("error=EIO",),
    }.items()
    for fault in faults
    for when, step in ((1, 1000), (3, 1000), (6, 2))
]


def _can_trace() -> bool:
    strace = shutil.which("strace")
    if strace is None:
        return False
    tried = subprocess.run([strace, "-o", "/dev/null", "true"], capture_output=True, check=False)
    return tried.returncode == 0


pytestmark = pytest.mark.skipif(not _can_trace(), reason="strace is absent or may not trace on this machine")


@pytest.mark.parametrize("fault", FAULTS)
def test_an_acknowledged_entry_is_there_whatever_call_fails(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "log.sqlite"
    log = Log(path)
    with log.writing():
        log.append("init", {"title": "before"})
    log.close()
    calls = fault.split(":", 1)[0]
    words = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={fault}"]
    run = subprocess.run(
        [*words, sys.executable, "-c", WRITER, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    acknowledged = [int(line) for line in run.stdout.split() if line != "ready"]
    log = Log(path)
    found = log.entries()
    assert len(found) % 3 == 1, "a batch is there whole or not at all"
    assert len(found) >= max(acknowledged, default=1), (fault, run.stderr[-300:])
    with log.writing():
        log.append("view", {"what": "after"})
    assert len(log.entries()) == len(found) + 1
    log.close()
