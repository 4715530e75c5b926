"""The log, its proofs and bundles, measured: ``python -m benchmarks.custody [--entries N] [--gigabytes G] [--no-peers]``.

One run, in rounds in turn; medians. The disk's fdatasync and the raw rate of SHA-256 are measured in the same run,
for single appends and bags hang on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from wardbook.custody.bag import check_digests, open_bag, write_bag
from wardbook.custody.log import Log
from wardbook.custody.pack import write_packs
from wardbook.custody.tiles import audit_tiles, publish
from wardbook.custody.tree import check_inclusion, leaf_hash, prove_inclusion, prove_run

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1] / ".venv-peers-custody"
ROUNDS = 3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--gigabytes", type=float, default=2.0)
    options.add_argument("--no-peers", action="store_true")
    asked = options.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    peers = None if asked.no_peers else _peers()
    for part in (appends(peers), tree(asked.entries, peers), bags(asked.gigabytes, peers)):
        for line in part:
            print(line, flush=True)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"load at the end {os.getloadavg()[0]:.1f}, peak of this process {used:.0f} MB")


def _peers() -> Path:
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        words = ["-m", "pip", "install", "-q", "-r", str(HERE / "peers.txt")]
        subprocess.run([str(python), *words], check=True)
    return python


def peer(python: Path | None, what: str, first: object, second: object) -> float | None:
    if python is None:
        return None
    words = [str(python), str(HERE / "peers.py"), what, str(first), str(second)]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    if found.returncode:
        print(f"{what}: failed: {found.stderr.strip().splitlines()[-1:]}")
        return None
    return float(json.loads(found.stdout))


def rounds(*works: Callable[[], float | None]) -> list[float]:
    """The medians of works done in turn."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for at, work in enumerate(works):
            figure = work()
            if figure is not None:
                found[at].append(figure)
    return [median(one) if one else float("nan") for one in found]


# ---------------------------------------------------------------- appends


def _fdatasync() -> float:
    with tempfile.NamedTemporaryFile(dir=".") as stream:
        taken = []
        for _ in range(300):
            stream.write(b"x" * 4096)
            stream.flush()
            begun = time.perf_counter()
            os.fdatasync(stream.fileno())
            taken.append(time.perf_counter() - begun)
    return median(taken) * 1000


def _append(count: int, batch: int, acts: bool = False) -> float:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        log = Log(Path(folder) / "log.sqlite")
        texts = [b"x" * 190 + n.to_bytes(10, "big") for n in range(count)]
        begun = time.perf_counter()
        for first in range(0, count, batch):
            with log.writing():
                for text in texts[first : first + batch]:
                    if acts:
                        log.append("view", {"what": text.hex()[:40], "by": "A. Reader"})
                    else:
                        log.add(text)
        taken = time.perf_counter() - begun
        log.close()
    return count / taken


def appends(python: Path | None) -> Iterator[str]:
    yield f"fdatasync of the disk: {_fdatasync():.2f} ms"
    single = rounds(
        lambda: _append(3_000, 1),
        lambda: peer(python, "chain", 3_000, 1),
        lambda: peer(python, "pymerkle_append", 1_000, 1),
    )
    yield f"durable appends a second, one by one: ours {single[0]:,.0f}, naive chain {single[1]:,.0f}, pymerkle {single[2]:,.0f}"
    many = rounds(
        lambda: _append(256 * 400, 256),
        lambda: peer(python, "chain", 256 * 400, 256),
        lambda: peer(python, "pymerkle_append", 256 * 400, 256),
    )
    yield f"in batches of 256: ours {many[0]:,.0f}, naive chain {many[1]:,.0f}, pymerkle {many[2]:,.0f}"
    acts = rounds(lambda: _append(256 * 100, 256, acts=True))
    yield f"acts with salted commitments of two fields, in batches of 256: {acts[0]:,.0f}"


# ---------------------------------------------------------------- proofs and audit


def tree(count: int, python: Path | None) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        log = Log(Path(folder) / "log.sqlite")
        for first in range(0, count, 10_000):
            with log.writing():
                for n in range(first, min(first + 10_000, count)):
                    log.add(b"x" * 190 + n.to_bytes(10, "big"))
        public = Path(folder) / "public"
        begun = time.perf_counter()
        publish(public, log.tile, log.texts, log.signed_checkpoint(), count, write=_plain)
        yield f"{count:,} entries published without syncs in {time.perf_counter() - begun:.1f} s"
        root = bytes.fromhex(log.checkpoint().split(" ")[1])
        for processes in (1, 2):
            begun = time.perf_counter()
            audit_tiles(public, count, root, processes)
            yield f"whole-log audit, {processes} processes: {time.perf_counter() - begun:.1f} s"
        run = min(100_000, count // 2)
        begun = time.perf_counter()
        proofs = list(prove_run(log.store(), count // 2, run, count))
        ours = run / (time.perf_counter() - begun)
        yield f"{run:,} inclusion proofs of entries in a row: {run / ours:.2f} s, {ours:,.0f} a second"
        begun = time.perf_counter()
        store = log.store()
        for index in range(0, count, count // 1000):
            prove_inclusion(store, index, count)
        yield f"single proofs all over the log: {1000 / (time.perf_counter() - begun):,.0f} a second"
        leaves = [leaf_hash(text) for text in log.texts(count // 2, count // 2 + 10_000)]
        begun = time.perf_counter()
        for at, (leaf, proof) in enumerate(zip(leaves, proofs, strict=False)):
            check_inclusion(leaf, count // 2 + at, count, proof, root)
        yield f"checked: {len(leaves) / (time.perf_counter() - begun):,.0f} a second"
        merkle = peer(python, "pymerkle_prove", count, 30 if count > 200_000 else 200)
        scales = peer(python, "tlog_scales_prove", str(public), 2_000)
        if merkle and scales:
            yield f"pymerkle SQLite {merkle:,.0f} a second: ours {ours / merkle:,.0f} times; tlog-scales {scales:,.0f}: {ours / scales:,.0f} times"
        log.close()


def _plain(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# ---------------------------------------------------------------- bags


def _raw(folder: Path, threads: int) -> float:
    """Seconds to read and hash the files of a folder and nothing else."""

    def one(path: Path) -> None:
        with path.open("rb", buffering=0) as stream:
            hashlib.file_digest(stream, "sha256")

    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, files))
    return time.perf_counter() - begun


def _check(folder: Path) -> float:
    begun = time.perf_counter()
    check_digests(open_bag(folder))
    return time.perf_counter() - begun


def bags(gigabytes: float, python: Path | None) -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=".") as place:
        large = Path(place) / "large"
        (large / "data").mkdir(parents=True)
        block = secrets.token_bytes(10 << 20)
        for n in range(int(gigabytes * 100)):
            (large / "data" / f"{n:04}").write_bytes(n.to_bytes(8, "big") + block[8:])
        write_bag(large, [])
        raw, ours, theirs = rounds(
            lambda: _raw(large / "data", 2), lambda: _check(large), lambda: peer(python, "validate", large, 1)
        )
        yield (
            f"bag of {gigabytes:g} GB in files of 10 MB: raw hashing {raw:.2f} s, ours {ours:.2f} s ({ours / raw:.2f} "
            f"times; 10 GB: {ours * 10 / gigabytes:.1f} s), bagit {theirs:.2f} s"
        )
        count = int(gigabytes * 10_000)
        loose, packed, small = Path(place) / "loose", Path(place) / "packed", []
        (loose / "data").mkdir(parents=True)
        (packed / "data").mkdir(parents=True)
        for n in range(count):
            content = n.to_bytes(8, "big") + block[: 20 * 1024]
            path = loose / "data" / hashlib.sha256(content).hexdigest()
            path.write_bytes(content)
            small.append((path.name, path))
        write_packs(sorted(small), packed / "data")
        write_bag(loose, [])
        write_bag(packed, [])
        one, other, theirs = rounds(
            lambda: _check(loose), lambda: _check(packed), lambda: peer(python, "validate", loose, 1)
        )
        raw = _raw(packed / "data", 2)
        yield (
            f"bag of {count:,} files of 20 KB: loose {one:.2f} s, packed {other:.2f} s (raw hashing {raw:.2f} s), "
            f"bagit, loose {theirs:.2f} s"
        )


if __name__ == "__main__":
    main()
