"""While another program writes the library, lists and static files are answered, and changes end in a sentence."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.stores.sqlite import database as database_module
from rag.stores.sqlite.database import DATABASE
from serving.page_images import open_page_images
from serving.uploading.uploads import Uploads
from tests.web.routes.conftest import client, id_of
from web.chat.answer_jobs import AnswerJobs
from web.routes.route_table import routes
from web.upkeep import BackgroundRefresh
from web.watched_folders import WatchedFolders

_HELD_S = 3.0
"""How long a change waits here; in the program it is half a minute."""


@pytest.fixture
def ann(services: Services, uploads: Uploads, refresh: BackgroundRefresh) -> Iterator[TestClient]:
    folders = WatchedFolders(services, open_ingestor(services))
    own = routes(services, uploads, open_page_images(services), folders, AnswerJobs(), refresh)
    with client(own, "ann") as served:  # one event loop for all requests
        yield served


def test_lists_are_answered_while_changes_wait(
    ann: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = services.conversations.create("ann", "Birches")
    services.conversations.add(conversation.id, "ann", {"question": "?", "answer": "!"})
    note = services.notes.create("ann", "A note", "", None)
    monkeypatch.setattr(database_module, "_BUSY_SECONDS", _HELD_S)
    changes = [
        ("PATCH", f"sources/{id_of(services, 'ann')}", {"collection": "x"}),
        ("PATCH", f"sources/{id_of(services, 'ann')}/facts", {"title": "x"}),
        ("DELETE", f"sources/{id_of(services, 'ann')}", None),
        ("PATCH", f"conversations/{conversation.id}", {"name": "x"}),
        ("PUT", f"conversations/{conversation.id}/excluded", {"excluded": [1]}),
        ("PATCH", f"conversations/{conversation.id}/answers/1", {"thumb": "up"}),
        ("POST", "settings", {"settings": {}, "conversation": conversation.id}),
        ("POST", "notes", {"title": "x"}),
        ("PATCH", f"notes/{note.id}", {"title": "x", "version": 1}),
        ("PUT", f"notes/{note.id}/place", {"place": 0}),
    ]
    with (
        closing(sqlite3.connect(services.settings.library / DATABASE, isolation_level=None)) as elsewhere,
        ThreadPoolExecutor(len(changes)) as threads,
    ):
        elsewhere.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        waiting = [threads.submit(ann.request, way, f"/citewell/{at}", json=sent) for way, at, sent in changes]
        for address in ("sources", "conversations", "notes", "static/main.js", f"conversations/{conversation.id}"):
            assert ann.get(f"/citewell/{address}").status_code == 200
        assert time.monotonic() - begun < _HELD_S
        assert not any(change.done() for change in waiting)
        answers = [change.result(60) for change in waiting]
    assert {answer.status_code for answer in answers} == {503}
    assert all("is being written by another program" in answer.json()["error"] for answer in answers)
    assert ann.patch(f"/citewell/conversations/{conversation.id}", json={"name": "x"}).status_code == 200
