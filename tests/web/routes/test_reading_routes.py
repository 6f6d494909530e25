"""Words are found on all pages of a document, and the lines of a page have boxes where its picture has them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from ingest.sandbox.worker import Worker
from ingest.sources.file_store import FolderFiles
from rag.services import Services
from rag.types import Content, NewDocument, Page
from serving.page_images import PageImages
from tests.web.routes.conftest import client, id_of
from web.routes.reading_routes import ReadingRoutes


@pytest.fixture
def ann(services: Services, tmp_path: Path) -> Iterator[TestClient]:
    worker = Worker()
    yield client(ReadingRoutes(services, PageImages(FolderFiles(tmp_path), worker)).routes(), "ann")
    worker.close()


def stored(services: Services, *texts: str) -> int:
    pages = tuple(Page(number=at, label=str(at), text=text) for at, text in enumerate(texts, start=1))
    document = NewDocument(name="a.txt", source="/a.txt", sha256="a", recipe="r", size=1, owner="ann")
    return services.library.replace(Content(document, pages, ()), np.zeros((0, 0), dtype=np.float32)).id


def test_words_are_found_on_all_pages_whatever_their_case_and_line_breaks(ann: TestClient, services: Services) -> None:
    id_ = stored(services, "The oak tree.", "Nothing.", "An OAK\n  tree, and an oak  tree: oaktree.")
    found = ann.get(f"/find/{id_}", params={"words": " oak tree "}).json()
    assert found == {"hits": [[1, 4, 12], [3, 3, 13], [3, 22, 31]], "note": ""}


@pytest.mark.parametrize("words", ["", " ", "pine", ".*", "(", "[a-z]"])
def test_nothing_is_found_of_what_is_not_there_and_no_pattern_is_one(
    ann: TestClient, services: Services, words: str
) -> None:
    assert ann.get(f"/find/{stored(services, 'The oak tree')}", params={"words": words}).json()["hits"] == []


def test_many_places_are_cut_and_it_is_said(ann: TestClient, services: Services) -> None:
    found = ann.get(f"/find/{stored(services, 'a ' * 10_000)}", params={"words": "a"}).json()
    assert len(found["hits"]) == 500
    assert found["note"] == "Only the first 500 places are shown."


def test_too_long_words_are_refused_in_a_sentence(ann: TestClient, services: Services) -> None:
    refused = ann.get(f"/find/{stored(services, 'a')}", params={"words": "a" * 201})
    assert refused.status_code == 400
    assert "Search for fewer words" in refused.json()["error"]


def test_documents_of_others_are_neither_searched_nor_shown(ann: TestClient, services: Services) -> None:
    bobs = id_of(services, "bob")
    for path in (f"/find/{bobs}?words=a", f"/pages/{bobs}/1/lines", f"/pages/{id_of(services, 'ann')}/99/lines"):
        assert ann.get(path).status_code == 403


def test_a_page_without_a_picture_has_no_lines(ann: TestClient, services: Services) -> None:
    assert ann.get(f"/pages/{id_of(services, 'ann')}/1/lines").json() == {"lines": []}
