"""Folders of the machine: for the person at it, never for users who sign in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline import open_ingestor
from rag.services import Services
from tests.web.routes.conftest import client
from web.routes.folder_routes import FolderRoutes
from web.watched_folders import WatchedFolders


@pytest.fixture
def folders(services: Services) -> Iterator[WatchedFolders]:
    made = WatchedFolders(services, open_ingestor(services))
    yield made
    made.close()


def test_the_person_at_the_machine_adds_and_lets_go(folders: WatchedFolders, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    path = str(tmp_path / "papers")
    local = client(FolderRoutes(folders).routes(), "")
    assert local.post("/folders", json={"path": path}).status_code == 201
    assert [each["path"] for each in local.get("/folders").json()["folders"]] == [path]
    assert local.post("/folders/sync", json={"path": path}).status_code == 202
    assert local.request("DELETE", "/folders", json={"path": path}).status_code == 200
    assert local.get("/folders").json() == {"folders": []}


def test_what_cannot_be_followed_is_said(folders: WatchedFolders) -> None:
    local = client(FolderRoutes(folders).routes(), "")
    bodies: list[object] = [{"path": "/no/such/folder"}, {}, []]
    for body in bodies:
        refused = local.post("/folders", json=body)
        assert refused.status_code == 400
        assert refused.json()["error"].endswith(".")
    assert local.post("/folders/sync", json={"path": "/elsewhere"}).status_code == 400


def test_users_neither_see_nor_choose_folders(folders: WatchedFolders, tmp_path: Path) -> None:
    folders.add(str(tmp_path))
    ann = client(FolderRoutes(folders).routes(), "ann")
    assert ann.get("/folders").json() == {"folders": None}
    for method, path in (("POST", "/folders"), ("DELETE", "/folders"), ("POST", "/folders/sync")):
        refused = ann.request(method, path, json={"path": str(tmp_path)})
        assert (refused.status_code, str(tmp_path) in refused.text) == (403, False)
    assert len(folders.all()) == 1
