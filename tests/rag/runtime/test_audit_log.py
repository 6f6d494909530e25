"""The audit log says who did what and when, whatever they are called, from several processes, and survives a crash."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.runtime import audit_log
from rag.runtime.audit_log import acting, read_events, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "audit.jsonl"


def test_an_event_has_its_actor_also_in_a_thread_of_the_request(path: Path) -> None:
    with acting("ann", "10.0.0.5", "k1"), ThreadPoolExecutor() as pool:
        pool.submit(copy_context().run, record, path, "document-removed", 12, "of bob").result()
    record(path, "backup-made")
    events = [event for event in read_events(path) if event]
    assert [(e.actor, e.action, e.object, e.detail, e.address, e.key) for e in events] == [
        ("ann", "document-removed", "12", "of bob", "10.0.0.5", "k1"),
        ("", "backup-made", "", "", "", ""),
    ]
    assert all(datetime.now(UTC) - datetime.fromisoformat(e.time) < timedelta(minutes=1) for e in events)
    assert (path.stat().st_mode | path.parent.stat().st_mode) & 0o077 == 0


def test_a_name_cannot_forge_a_line(path: Path) -> None:
    with acting('x"}\n{"actor": "ann\u2028\ud800'):
        record(path, "sign-out")
    assert len(path.read_text().splitlines()) == 1
    assert [event.actor for event in read_events(path) if event] == ['x"}\n{"actor": "ann\u2028\ud800']


def test_reading_begins_at_a_time_and_tells_of_a_line_cut_off(path: Path) -> None:
    record(path, "sign-in", "ann")
    old = {**json.loads(path.read_text()), "time": "2026-01-01T00:00:00+00:00"}
    path.write_text(f"{json.dumps(old)}\n{path.read_text()}" + '{"time": "2026')
    found = list(read_events(path, datetime(2026, 1, 2, tzinfo=UTC)))
    assert [event and event.object for event in found] == ["ann", None]


def test_events_go_on_in_the_next_file_and_are_read_in_order(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "MAX_BYTES", 400)
    for number in range(8):
        record(path, "document-removed", number)
    assert path.with_name("audit.jsonl.1").exists()
    assert [event.object for event in read_events(path) if event] == [str(number) for number in range(8)]


def test_a_log_that_cannot_be_written_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.ERROR):
        record(tmp_path / "file" / "audit.jsonl", "sign-in", "ann")
    assert "cannot be written" in caplog.text
