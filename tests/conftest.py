"""Fixtures: isolated settings and library for every test, a browser, and what else many of them need."""

import asyncio
import gc
import hashlib
import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, BrowserContext

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.sandbox.worker import Worker, Workers
from rag.runtime import heaps
from rag.stores.database import Database
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewChunk, NewDocument, Page, Passage
from serving import user_store
from serving.accounts import Password
from serving.auth_file import Users
from tests.rag.models.fake_hub import FakeHub
from tests.support.browser_tab import Tab, browsing
from tests.support.coroutines import refused_on_event_loops, run_coroutine
from tests.support.fakes import WordEmbedder
from tests.support.paths import MODELS
from tests.support.stored_texts import put
from tests.support.values import chunk

# No property depends on time, so a busy machine must not fail one.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")

pytest_plugins = [
    "tests.rag.models.toy_models",
    "tests.support.models",
    "tests.support.without_torch",
    "tests.support.servers.milvus_fixtures",
    "tests.support.servers.postgres_fixtures",
    "tests.support.servers.s3_fixtures",
]

_READ_EVERYTHING = ("CITEWELL_SECONDS_TO_ANSWER", "0")
GOOD_PASSWORD = "correct horse battery"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest come first, so that no process is left with it while the others have ended."""
    longest = {item.path for item in items if item.get_closest_marker("browser")}
    long = {item.path for item in items if item.get_closest_marker("model")}
    items.sort(key=lambda item: (item.path not in longest, item.path not in long))


def pytest_collection_finish() -> None:
    """Leave what all tests have imported out of every search for garbage."""
    gc.collect()
    gc.freeze()


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine, in a thread of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    run_coroutine(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(autouse=True)
def isolated_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the user's settings, and keep tests from writing into the user's library."""
    for name in [name for name in os.environ if name.startswith("CITEWELL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("CITEWELL_MODELS", str(MODELS))
    monkeypatch.setenv(*_READ_EVERYTHING)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True, scope="session")
def read_everything() -> Iterator[None]:
    """Have fixtures of whole modules read what their model is given, however slow the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*_READ_EVERYTHING)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_database_on_event_loops() -> Iterator[None]:
    """Have a handler fail that calls SQLite where it keeps everybody waiting."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("reading", "writing", "purge"):
            patch.setattr(Database, name, refused_on_event_loops(getattr(Database, name)))
        yield


class _Unsearched:
    """The garbage collector of a process that has frozen what it loaded."""

    collect = freeze = unfreeze = enable = disable = staticmethod(lambda: None)


@pytest.fixture(autouse=True, scope="session")
def no_search_for_garbage_at_each_server() -> Iterator[None]:
    """Have a server that starts not look through all that is loaded for tests: it takes a second, a thousand times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heaps, "gc", _Unsearched)
        yield


@pytest.fixture(autouse=True, scope="session")
def servers_that_stop_at_once() -> Iterator[None]:
    """Have uvicorn look every hundredth of a second whether it should stop, not every tenth."""

    async def brief(_seconds: float) -> None:
        await asyncio.sleep(0.01)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("uvicorn.server.asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": brief}))
        yield


class _LateWorker(Worker):
    """A reading process that starts at its first call: most tests of a server draw no page."""

    def begin(self) -> None: ...


@pytest.fixture(autouse=True, scope="session")
def no_reading_process_ahead_of_its_use() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serving.page_images.Worker", _LateWorker)
        yield


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    store = SqliteLibrary(tmp_path / "library", embedder="words")
    yield store
    store.close()


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make passwords cheap to hash."""

    def cheap(password: str) -> Password:
        empty = Password("00" * 16, "", 10)
        return Password(empty.salt, empty._hashed(password).hex(), 10)

    monkeypatch.setattr(Password, "of", staticmethod(cheap))
    monkeypatch.setattr(user_store, "_NO_USER", cheap("no user"))


@pytest.fixture
def users(tmp_path: Path, cheap_passwords: None) -> Users:
    """Return an auth file with one user, ann, whose passwords are cheap to hash."""
    file = Users(tmp_path / "users.json")
    file.add("ann", GOOD_PASSWORD)
    return file


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def store_text(library: SqliteLibrary) -> Callable[..., int]:
    """Return a function that stores a document of one page with these texts as chunks, and returns its id."""

    def store(name: str, *texts: str) -> int:
        chunks, at = [], 0
        for text in texts:
            chunks.append(NewChunk(1, at, at + len(text), text))
            at += len(text) + 1
        document = NewDocument(name=name, source=f"/{name}", sha256=digest_of(name, *texts), recipe="recipe", size=at)
        page = Page(number=1, label="1", text="\n".join(texts))
        content = Content(document, (page,), tuple(chunks))
        return put(library, content).id

    return store


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Yield one reading process for all tests: starting one takes longer than most of them."""
    workers = Workers()
    yield workers
    workers.close()


@pytest.fixture
def ingestor(library: SqliteLibrary, embedder: WordEmbedder, workers: Workers) -> Ingestor:
    return Ingestor(Preparer(library, lambda: embedder, chunk_tokens=40, max_file_bytes=2_000_000, workers=workers))


def digest_of(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def passage(text: str, *, document: str = "a.pdf", page: int = 1, start: int = 0, score: float = 1.0) -> Passage:
    """Return a passage that is in no library."""
    return Passage(chunk(text, start=start, document=document, page=page, page_label=str(page)), score)


def passages(texts: Sequence[str]) -> list[Passage]:
    return [passage(text, page=number, score=1 / number) for number, text in enumerate(texts, start=1)]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield one browser for all tests, as it takes a while to start."""
    with browsing() as started:
        yield started


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Yield the browser without tabs. Each tab has its own cookies and storage, and is closed after the test."""
    kept = chromium.contexts
    yield chromium
    for context in chromium.contexts:
        if context not in kept:
            context.close()


@pytest.fixture(scope="session")
def shared_context(chromium: Browser) -> Iterator[BrowserContext]:
    """Yield what tabs are opened in, one after the other: an app's 160 files are fetched once."""
    with chromium.new_context(viewport={"width": 1400, "height": 900}) as context:
        yield context


@pytest.fixture
def tab(browser: Browser, shared_context: BrowserContext, address: str) -> Iterator[Tab]:
    """Open a tab on the app that the test's module serves at its `address`, without what earlier ones stored.

    No script of the page may fail in it.
    """
    context = shared_context
    tab = Tab(context.new_page())
    context.new_cdp_session(tab.page).send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
    context.clear_cookies()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.open(address)
    yield tab
    for page in context.pages:
        page.close()
    context.set_offline(False)
    context.clear_permissions()
    assert tab.errors == []


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Yield a model hub on this machine, which the real hub client asks."""
    hub = FakeHub()
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
    template = f"{hub.address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    yield hub
    hub.close()
