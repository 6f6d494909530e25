"""While another program writes the library, lists and static files are answered, and changes end in a sentence."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from starlette.testclient import TestClient

from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.stores import database as database_module
from rag.stores.database import DATABASE
from serving.page_images import open_page_images
from serving.uploads import Uploads
from tests.web.routes.conftest import client, id_of
from web.chat.answer_jobs import AnswerJobs
from web.idle_refresh import BackgroundRefresh
from web.routes.route_table import routes
from web.watched_folders import WatchedFolders

Change = tuple[str, str, object]


@pytest.fixture
def ann(services: Services, uploads: Uploads, refresh: BackgroundRefresh) -> Iterator[TestClient]:
    folders = WatchedFolders(services, open_ingestor(services))
    own = routes(services, uploads, open_page_images(services), folders, AnswerJobs(), refresh)
    with client(own, "ann") as served:  # one event loop for all requests
        yield served


@pytest.fixture
def conversation(services: Services) -> str:
    made = services.conversations.create("ann", "Birches")
    services.conversations.add(made.id, "ann", {"question": "?", "answer": "!"})
    return made.id


@pytest.fixture
def changes(services: Services, conversation: str) -> list[Change]:
    note = services.notes.create("ann", "A note", "", None)
    return [
        ("PATCH", f"sources/{id_of(services, 'ann')}", {"collection": "x"}),
        ("PATCH", f"sources/{id_of(services, 'ann')}/facts", {"title": "x"}),
        ("DELETE", f"sources/{id_of(services, 'ann')}", None),
        ("PATCH", f"conversations/{conversation}", {"name": "x"}),
        ("PUT", f"conversations/{conversation}/excluded", {"excluded": [1]}),
        ("PATCH", f"conversations/{conversation}/answers/1", {"thumb": "up"}),
        ("POST", "settings", {"settings": {}, "conversation": conversation}),
        ("POST", "notes", {"title": "x"}),
        ("PATCH", f"notes/{note.id}", {"title": "x", "version": 1}),
        ("PUT", f"notes/{note.id}/place", {"place": 0}),
    ]


@contextmanager
def held(services: Services) -> Iterator[None]:
    """Have another program write the library."""
    with closing(sqlite3.connect(services.settings.library / DATABASE, isolation_level=None)) as elsewhere:
        elsewhere.execute("BEGIN IMMEDIATE")
        yield


def test_lists_are_answered_while_changes_wait(
    ann: TestClient, services: Services, conversation: str, changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_BUSY_SECONDS", 120.0)  # no machine is so slow that they give up
    with ThreadPoolExecutor(len(changes)) as threads, held(services):
        waiting = [threads.submit(ann.request, way, f"/citewell/{at}", json=sent) for way, at, sent in changes]
        for address in ("sources", "conversations", "notes", "static/main.js", f"conversations/{conversation}"):
            assert ann.get(f"/citewell/{address}").status_code == 200
        assert not any(change.done() for change in waiting)
    assert 503 not in {change.result().status_code for change in waiting}


def test_changes_end_in_a_sentence_when_they_have_waited(
    ann: TestClient, services: Services, conversation: str, changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurried, ThreadPoolExecutor(len(changes)) as threads, held(services):
        hurried.setattr(database_module, "_BUSY_SECONDS", 0.2)
        waiting = [threads.submit(ann.request, way, f"/citewell/{at}", json=sent) for way, at, sent in changes]
        answers = [change.result() for change in waiting]
    assert {answer.status_code for answer in answers} == {503}
    assert all("is being written by another program" in answer.json()["error"] for answer in answers)
    assert ann.patch(f"/citewell/conversations/{conversation}", json={"name": "x"}).status_code == 200
