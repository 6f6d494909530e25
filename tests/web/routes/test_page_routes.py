"""The viewer gets a page with the cited words, and learns when they no longer stand there."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest.sandbox.worker import Worker
from rag.services import Services
from tests.web.routes.conftest import client, id_of
from web.rendering.answer_html import quote_hash
from web.rendering.page_images import PageImages
from web.routes.page_routes import PageRoutes


@pytest.fixture
def ann(services: Services, tmp_path: Path) -> TestClient:
    return client(PageRoutes(services, PageImages(tmp_path, Worker())).routes(), "ann")


def test_a_page_has_its_text_and_the_cited_range(ann: TestClient, services: Services) -> None:
    page = f"/pages/{id_of(services, 'ann')}/1"
    found = ann.get(f"{page}?start=4&end=13&quote={quote_hash('entry fee')}").json()
    assert found["text"][found["start"] : found["end"]] == "entry fee"
    assert (found["document"], found["pages"], found["picture"], found["note"]) == ("anns.txt", 1, None, "")


def test_words_that_have_changed_are_not_marked(ann: TestClient, services: Services) -> None:
    changed = ann.get(f"/pages/{id_of(services, 'ann')}/1?start=4&end=13&quote={quote_hash('other words')}").json()
    assert (changed["start"], changed["end"]) == (4, 4)
    assert "has changed since the answer" in changed["note"]


@pytest.mark.parametrize("numbers", ["start=-1&end=x", "start=99999999999999999999&end=1e3", "start=٣&end=5000"])
def test_numbers_in_the_address_stay_within_the_page(ann: TestClient, services: Services, numbers: str) -> None:
    found = ann.get(f"/pages/{id_of(services, 'ann')}/1?{numbers}").json()
    assert 0 <= found["start"] <= len(found["text"])
    assert 0 <= found["end"] <= len(found["text"])


def test_pages_of_others_and_pages_that_do_not_exist_are_refused(ann: TestClient, services: Services) -> None:
    anns, bobs = id_of(services, "ann"), id_of(services, "bob")
    for path in (f"/pages/{bobs}/1", f"/pages/{bobs}/1.png", f"/pages/{anns}/2", f"/pages/{10**30}/1"):
        assert ann.get(path).status_code == 403


def test_a_text_has_no_image(ann: TestClient, services: Services) -> None:
    assert ann.get(f"/pages/{id_of(services, 'ann')}/1.png?scale=2").status_code == 400
