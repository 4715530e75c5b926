"""Tasks on a cluster: a Python function for each of many texts, by Spark, Spark Connect or Sail.

Spark itself sends the function to its executors. Over Spark Connect, and so on Sail, the texts are rows of a
table and the function is mapped over them, which takes pyarrow. Executors need wardbook in their Python.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from wardbook.errors import WrongUseError
from wardbook.records.spark_session import new_session

_INSTALL_SAIL = 'Install it with: pip install "wardbook[sail]"'


class SparkTasks:
    """Tasks by a session of Spark, or of Sail: a server of its own, unless SPARK_REMOTE names one."""

    def __init__(self, *, sail: bool = False) -> None:
        if sail:
            _start_sail()
        self._session = new_session()
        self._remote = "SPARK_REMOTE" in os.environ

    @property
    def slots(self) -> int:
        """How many tasks run at one time; of a remote cluster the cores of this machine are taken."""
        if self._remote:
            return os.cpu_count() or 1
        return int(self._session.sparkContext.defaultParallelism)

    def run(self, task: Callable[[str], str], texts: Sequence[str]) -> Iterator[str]:
        """The answer of ``task`` to each text; one that fails is tried again as the cluster is set."""
        if not texts:
            return iter(())
        if not self._remote:
            context = self._session.sparkContext
            return iter(context.parallelize(list(texts), len(texts)).map(task).collect())
        rows = self._session.createDataFrame([(text,) for text in texts], "task string")
        spread = rows.repartition(len(texts), "task")
        answers = spread.mapInArrow(_mapped(task), "answer string").collect()
        return iter([str(row[0]) for row in answers])


def _mapped(task: Callable[[str], str]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def answers(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for batch in batches:
            told = [task(text) for text in batch.column(0).to_pylist()]
            yield pyarrow.RecordBatch.from_pydict({"answer": told})

    return answers


@cache
def _start_sail() -> Any:
    """A Sail server on this machine, which `new_session` then finds as any Spark Connect server.

    It says nothing on the terminal, unless its own setting RUST_LOG says what it should.
    """
    if "SPARK_REMOTE" in os.environ:
        return None
    try:
        os.environ.setdefault("RUST_LOG", "off")
        from pysail.spark import SparkConnectServer
    except ImportError as error:
        raise WrongUseError(
            f"the engine sail needs pysail: expected it to be installed; found none. {_INSTALL_SAIL}"
        ) from error
    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    _, port = server.listening_address
    os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{port}"
    return server
