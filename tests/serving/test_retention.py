"""Conversations and notes that nobody used for long are deleted with what was shared of them, and no others."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from rag.runtime.audit_log import read_events
from rag.services import Services
from rag.settings import load_settings
from serving import retention
from serving.ownership import shares_of
from serving.retention import expire_turns, find_expiring_turns
from tests.support.fakes import WordEmbedder
from tests.support.servers.api_server import store_document

NOW = datetime.now(UTC)


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(load_settings(retention_conversations_days=30)) as made:
        made.__dict__.update(embedder=WordEmbedder())
        store_document(made, "a.txt", "The birch is white.")
        begun = made.conversations.create("ann", "Birches")
        made.conversations.add(begun.id, "ann", {"question": "What is white?", "answer": "The birch."})
        shares_of(made).share_conversation("ann", begun.id, "bob")
        made.notes.create("bob", "Oaks", "old")
        yield made


def test_what_was_not_used_for_long_is_deleted_with_its_shares(services: Services) -> None:
    assert expire_turns(services, NOW + timedelta(days=29)) == []
    assert [each.kind for each in find_expiring_turns(services, NOW + timedelta(days=31))] == ["conversation", "note"]
    expired = expire_turns(services, NOW + timedelta(days=31))
    assert [(each.kind, each.owner, each.name) for each in expired] == [
        ("conversation", "ann", "Birches"),
        ("note", "bob", "Oaks"),
    ]
    assert services.conversations.conversations(None) == []
    assert services.notes.notes("bob") == []
    assert shares_of(services).conversations_of("ann") == []
    assert [document.name for document in services.library.documents()] == ["a.txt"], "documents have their own time"
    events = [event for event in read_events(services.settings.audit_log) if event]
    assert [event.action for event in events] == ["conversation-expired", "note-expired"]


def test_a_question_or_an_edit_begins_their_time_anew(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    (before,) = services.conversations.conversations("ann")
    services.conversations.add(before.id, "ann", {"question": "And old?", "answer": "The oak."})
    (after,) = services.conversations.conversations("ann")
    assert after.updated_at > before.updated_at
    by = {each.id: each.at for each in find_expiring_turns(services, NOW + timedelta(days=31))}
    assert by[after.id] == datetime.fromisoformat(after.updated_at) + timedelta(days=30)


def test_by_default_they_stay() -> None:
    with Services(load_settings()) as services:
        services.__dict__.update(embedder=WordEmbedder())
        services.notes.create("ann", "Oaks")
        assert expire_turns(services, NOW + timedelta(days=36_000)) == []


def test_the_log_tells_what_was_deleted_and_what_comes_next(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        retention._look(services, NOW + timedelta(days=25))
        assert "2 conversations and notes expire within a week" in caplog.text
        retention._look(services, NOW + timedelta(days=31))
    assert "2 conversations and notes expired and were deleted" in caplog.text
