"""The viewer gets a page with the cited words, learns when they no longer stand there, and finds words on all pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest.sandbox.worker import Worker
from ingest.sources.file_store import FolderFiles
from rag.services import Services
from rag.types import Cell, Content, Heading, NewDocument, Page, Structure, Table
from serving.page_images import PageImages
from tests.support.stored_texts import put
from tests.web.routes.conftest import client, id_of
from web.rendering.answer_html import quote_hash
from web.routes.page_routes import PageRoutes


@pytest.fixture
def ann(services: Services, tmp_path: Path) -> Iterator[TestClient]:
    worker = Worker()
    yield client(PageRoutes(services, PageImages(FolderFiles(tmp_path), worker)).routes(), "ann")
    worker.close()


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
    for path in (
        f"/pages/{bobs}/1",
        f"/pages/{bobs}/1.png",
        f"/pages/{bobs}/1/lines",
        f"/contents/{bobs}",
        f"/find/{bobs}?words=a",
        f"/pages/{anns}/2",
        f"/pages/{anns}/2/lines",
        f"/pages/{10**17}/1",
    ):
        assert ann.get(path).status_code == 403
    assert ann.get(f"/pages/{10**30}/1").status_code == 404


def test_a_text_has_no_image_and_no_lines_on_one(ann: TestClient, services: Services) -> None:
    page = f"/pages/{id_of(services, 'ann')}/1"
    assert ann.get(f"{page}.png?scale=2").status_code == 400
    assert ann.get(f"{page}/lines").json() == {"lines": []}


def test_the_contents_of_a_document_are_its_headings_tables_and_figures(ann: TestClient, services: Services) -> None:
    text = "Sales\nNet | 2018: 7"
    cells = (Cell(row=1, column=1, start=18, end=19),)
    structure = Structure((Heading(1, 0, 5, "Sales"),), (Table(start=6, end=19, cells=cells, caption="Table 1"),))
    document = put(
        services.library,
        Content(
            NewDocument(name="a.pdf", source="/a.pdf", sha256="a", recipe="r", size=1, owner="ann"),
            (Page(number=1, label="i", text=text, structure=structure),),
            (),
        ),
    )
    found = ann.get(f"/contents/{document.id}").json()
    assert [(each["title"], each["level"], each["place"]) for each in found["contents"]] == [
        ("Sales", 1, "p. i (page 1 of the file)"),
        ("Table 1", 2, "p. i (page 1 of the file)"),
    ]
    page = ann.get(f"/pages/{document.id}/1").json()
    assert page["tables"][0]["cells"][0] == {
        "row": 1,
        "column": 1,
        "start": 18,
        "end": 19,
        "row_span": 1,
        "column_span": 1,
        "is_head": False,
    }
    assert page["headings"][0]["title"] == "Sales"


def stored(services: Services, *texts: str) -> int:
    pages = tuple(Page(number=at, label=str(at), text=text) for at, text in enumerate(texts, start=1))
    document = NewDocument(name="a.txt", source="/a.txt", sha256="a", recipe="r", size=1, owner="ann")
    return put(services.library, Content(document, pages, ())).id


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
