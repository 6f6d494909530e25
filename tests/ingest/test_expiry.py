"""Documents are removed when their time is over, no day before, and not because a clock was wrong."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from ingest.expiry import ExpiryJob, expire, find_expiring, may_expire
from rag.runtime.audit_log import read_events
from rag.services import Services
from rag.settings import load_settings
from tests.support.fakes import WordEmbedder
from tests.support.servers.api_server import store_document
from tests.support.waiting import until

NOW = datetime.now(UTC)


@pytest.fixture
def services() -> Iterator[Services]:
    settings = load_settings(retention_days=100, retention_by_collection={"Minutes": 30, "Archive": 0})
    with Services(settings) as made:
        made.__dict__.update(embedder=WordEmbedder())
        for collection in ("", "Minutes", "Archive"):
            store_document(made, f"of {collection}.txt", f"The birch is white. {collection}", collection=collection)
        yield made


def names(services: Services) -> list[str]:
    return [document.name for document in services.library.documents()]


def test_each_collection_has_its_time(services: Services) -> None:
    assert expire(services, NOW + timedelta(days=29)) == []
    assert [each.name for each in expire(services, NOW + timedelta(days=31))] == ["of Minutes.txt"]
    assert [each.document.name for each in find_expiring(services, NOW + timedelta(days=101))] == ["of .txt"]
    expire(services, NOW + timedelta(days=1000))
    assert names(services) == ["of Archive.txt"]
    events = [event for event in read_events(services.settings.audit_log) if event]
    assert [event.action for event in events] == ["document-expired"] * 2


def test_nothing_expires_unless_it_is_set() -> None:
    assert not may_expire(load_settings(retention_by_collection={"Archive": 0}))
    assert may_expire(load_settings(retention_by_collection={"Minutes": 30}))


def test_a_server_removes_them_by_itself_and_tells_of_the_next(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    later = 96 * 86_400.0
    owners: list[set[str]] = []
    clock = lambda: time.time() + later  # noqa: E731  one line of a test
    job = ExpiryJob(services, first_s=0, every_s=0.01, clock=clock, removed=owners.append)
    with caplog.at_level(logging.WARNING):
        job.start()
        until(lambda: "within a week" in caplog.text)
        job.stop()
    assert "1 documents expired" in caplog.text
    assert owners == [{""}]
    assert "1 documents expire within a week" in caplog.text
    assert sorted(names(services)) == ["of .txt", "of Archive.txt"]


def test_what_else_expires_is_looked_at_too() -> None:
    seen: list[datetime] = []
    looked = Event()

    def look(now: datetime) -> None:
        seen.append(now)
        looked.set()

    with Services(load_settings()) as services:
        services.__dict__.update(embedder=WordEmbedder())
        job = ExpiryJob(services, first_s=0, every_s=60, also=look)
        job.start()
        assert looked.wait(30)
        job.stop()
    assert abs(seen[0] - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_clock_that_jumps_removes_nothing(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    times = iter([0.0, 1e9, 1e9])
    job = ExpiryJob(services, first_s=0, every_s=60, clock=lambda: time.time() + next(times))
    with caplog.at_level(logging.WARNING):
        job.start()
        until(lambda: "the clock was set" in caplog.text)
        job.stop()
    assert "the clock was set" in caplog.text
    assert len(names(services)) == 3
