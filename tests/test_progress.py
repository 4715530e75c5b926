from __future__ import annotations

import io
from threading import Event, Thread

import pytest
from rich.console import Console

from wardbook.cli import say
from wardbook.records.engine import Engine

SLOW = "SELECT count(DISTINCT md5(CAST(i AS VARCHAR))) AS found FROM range(1000000) AS t(i)"


@pytest.mark.parametrize(
    ("step", "percent", "text"),
    [
        ("", None, "audit: link"),
        ("", 50.0, "audit: link"),
        ("entry_pairs", None, "audit: link (entry_pairs)"),
        ("entry_pairs", 0.0, "audit: link (entry_pairs)"),
        ("entry_pairs", 42.9, "audit: link (entry_pairs, 42 %)"),
    ],
)
def test_what_is_shown_of_a_step(step: str, percent: float | None, text: str) -> None:
    assert say.progress_text("audit: link", step, percent) == text


def test_an_engine_says_how_far_it_is_while_it_runs() -> None:
    with Engine() as engine:
        assert engine.percent() is None
        engine.show_progress()
        found: list[tuple[str, float | None]] = []
        over = Event()

        def poll() -> None:
            while not over.wait(0.001):
                found.append((engine.running, engine.percent()))

        polling = Thread(target=poll)
        polling.start()
        try:
            engine.run("counted", SLOW)
        finally:
            over.set()
            polling.join()
        assert engine.rows("SELECT found FROM counted") == [(1_000_000,)]
        assert engine.running == ""
    assert any(step == "counted" for step, _ in found)
    assert all(percent is None or 0 <= percent <= 100 for _, percent in found)


def shown(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> str:
    """What stands on stderr after a slow step."""
    written = io.StringIO()
    monkeypatch.setattr(say, "err", Console(file=written, force_terminal=terminal, width=80))
    monkeypatch.setattr(say, "POLL_S", 0.001)
    with Engine() as engine, say.steps(engine) as progress:
        progress("link")
        engine.run("counted", SLOW)
    return written.getvalue()


def test_a_terminal_shows_the_step_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "audit: link (counted" in shown(monkeypatch, terminal=True)


def test_what_is_no_terminal_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False).strip() == ""
