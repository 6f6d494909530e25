"""An app with one document about fees, shared by all tests of a process, and what they do in it again and again.

It takes files of at most one megabyte, and pages of this machine.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, expect

from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from tests.ingest.web.site_server import Site, serving_site
from tests.support.app_process import scripted
from tests.support.browser_tab import WAIT_MS, Tab
from tests.support.documents.pdfs import write_pdf
from tests.support.scripted_app import HOLD

FEE = "The entry fee is 20 euros."
OPEN = "The office opens at nine."
HALF = f"Repeat: {OPEN} The entry {HOLD} fee is 20 euros."
"""A question whose answer is half-written, with its first citation, until it is released or stopped."""

Serve = Callable[..., str]
"""Runs an app with this answer, documents of these names and texts, and these settings; returns its address."""


def app(folder: Path) -> AbstractContextManager[str]:
    if not (folder / "fees.pdf").exists():
        write_pdf(folder / "fees.pdf", ["Contents", f"{FEE} {OPEN}"])
        (folder / "citewell.toml").write_text('max_file_mb = 1\nweb_private_hosts = ["127.0.0.1"]')
    return scripted(folder, FEE, folder / "fees.pdf")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Serve a site on the web, to which a module's tests add pages."""
    with serving_site() as served:
        yield served


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fees")


@pytest.fixture(scope="session")
def served(folder: Path) -> Iterator[str]:
    with app(folder) as url:
        yield url


@pytest.fixture
def database(served: str, folder: Path) -> Iterator[Database]:
    """Yield the database of the app that is served."""
    database = Database(folder / "library", embedder="minilm")
    yield database
    database.close()


@pytest.fixture
def address(served: str, database: Database) -> str:
    """Return the address of the shared app, without what earlier tests put into it."""
    store = SqlConversations(database)
    for conversation in store.conversations(""):
        store.delete(conversation.id, "")
    with httpx.Client(base_url=f"{served}/citewell/", timeout=WAIT_MS / 1000) as client:
        for document in client.get("sources").raise_for_status().json()["documents"]:
            if document["name"] != "fees.pdf":
                client.delete(f"sources/{document['id']}").raise_for_status()
        client.delete("uploads").raise_for_status()
    return served


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Yield a function that runs an app of a module's own."""
    with ExitStack() as running:

        def run(answer: str, texts: Mapping[str, str], **settings: str) -> str:
            folder = tmp_path_factory.mktemp("app")
            for name, text in texts.items():
                (folder / name).write_text(text)
            documents = [folder / name for name in texts]
            return running.enter_context(scripted(folder, answer, *documents, pause=0, **settings))

        yield run


def ask(tab: Tab, question: str, chips: int) -> None:
    tab.ask(question)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(chips)
    tab.expect_idle()
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))


def pane(tab: Tab, name: str) -> None:
    tab.page.get_by_role("tab", name=name).click()


def chips(tab: Tab) -> list[tuple[str, str]]:
    values: list[tuple[str, str]] = tab.page.locator("#cw-chat .cw-chip").evaluate_all(
        "chips => chips.map(each => [each.value, each.title])"
    )
    return values


def sides(shown: Locator) -> dict[str, float]:
    """Return where an element is in the window, by its sides; in view or not."""
    found: dict[str, float] = shown.evaluate("(each) => each.getBoundingClientRect().toJSON()")
    return found


def open_document(tab: Tab, name: str) -> None:
    """Open a document, by its guide."""
    tab.page.locator("#cw-documents button.cw-doc", has_text=name).click()
    tab.page.locator("#cw-guide [data-do=open]").click()


def clipboard(tab: Tab, part: str) -> str:
    """Return what is on the clipboard as soon as it has a part."""
    tab.page.wait_for_function("(part) => navigator.clipboard.readText().then((text) => text.includes(part))", arg=part)
    return str(tab.page.evaluate("navigator.clipboard.readText()"))
