"""Several language models in one program: the set one stays loaded, of the others only the last one."""

import gc
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from rag.answering.system_prompts import LARGE_SYSTEM_PROMPT, SYSTEM_PROMPT
from rag.errors import LibraryError
from rag.interfaces import Generator
from rag.models.catalog import CATALOG
from rag.services import Services
from rag.settings import Settings, load_settings
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.servers.scripted_server import scripted_server

SMALL = replace(CATALOG[1], name="small", aliases=())
MISSING = replace(CATALOG[1], name="missing", aliases=())


class Disk:
    """A loader of generators that knows which are in memory."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self._alive: weakref.WeakValueDictionary[str, ScriptedGenerator] = weakref.WeakValueDictionary()

    def load(self, name: str, draft_model: str | None = None) -> ScriptedGenerator:
        self.loaded.append(name)
        self._alive[name] = generator = ScriptedGenerator("Yes.")
        return generator

    def in_memory(self) -> set[str]:
        gc.collect()
        return set(self._alive)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(Services, "_load_generator", lambda _, *names: made.load(*names))
    monkeypatch.setattr("rag.models.fetched_models.CATALOG", (*CATALOG, SMALL, MISSING))
    monkeypatch.setattr("rag.models.catalog_models.is_fetched", lambda spec, _: spec is not MISSING)
    return made


@pytest.fixture
def services(disk: Disk) -> Iterator[Services]:
    with Services(load_settings(model="tiny")) as made:
        made.embedder = WordEmbedder()
        yield made


def test_the_model_that_is_set_comes_first_and_what_is_not_on_this_disk_cannot_be_chosen(services: Services) -> None:
    assert services.models == ("smollm2-135m", "qwen2.5-coder-1.5b", "small")


def test_another_model_is_loaded_when_it_is_asked_for_and_makes_room_for_the_next(
    services: Services, disk: Disk
) -> None:
    assert services.assistant_of("") is services.assistant_of("smollm2-135m") is services.assistant
    assert (services.is_loaded("small"), disk.loaded) == (False, ["tiny"])
    assert services.assistant_of("small") is services.assistant_of("small")
    assert (services.is_loaded("small"), disk.in_memory()) == (True, {"tiny", "small"})
    services.assistant_of("qwen2.5-coder-1.5b")
    assert (services.is_loaded("small"), disk.in_memory()) == (False, {"tiny", "qwen2.5-coder-1.5b"})
    assert disk.loaded == ["tiny", "small", "qwen2.5-coder-1.5b"]


def test_who_needs_a_model_while_it_is_loaded_waits_for_it(
    services: Services, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = Event(), Event()
    load = services._load_generator

    def load_slowly(*names: str) -> Generator:
        begun.set()
        assert released.wait(60)
        return load(*names)

    monkeypatch.setattr(services, "_load_generator", load_slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: services.assistant)
        assert begun.wait(60)
        assert not services.is_loaded("")
        other = pool.submit(lambda: services.generator)
        assert not other.done()
        released.set()
        assert other.result(60) is first.result(60).generator
    assert services.is_loaded("")
    assert disk.loaded == ["tiny"]


def test_only_a_large_model_is_asked_for_more_unless_the_system_prompt_is_set(
    services: Services, disk: Disk, monkeypatch: pytest.MonkeyPatch, store_text: Callable[..., int]
) -> None:
    def prompt_of(parameters: int, **settings: str) -> str:
        generator = ScriptedGenerator("Yes.", 4096)
        generator.parameters = parameters
        with Services(load_settings(model="tiny", embedder="words", **settings)) as made:
            made.embedder, made.generator = WordEmbedder(), generator
            made.assistant.answer("When do dogs bark?")
        return str(generator.seen[0]["content"])

    store_text("a.txt", "Dogs bark at night.")
    assert prompt_of(1_500_000_000) == SYSTEM_PROMPT
    assert prompt_of(4_000_000_000) == LARGE_SYSTEM_PROMPT
    assert prompt_of(4_000_000_000, system_prompt="Be kind.") == "Be kind."


def test_other_prefixes_give_the_vectors_another_name() -> None:
    assert Services(load_settings(embedder="sentence-transformers/all-MiniLM-L6-v2")).embedder_name == "minilm"
    settings = load_settings(embedder="org/model", embedder_query_prefix="q: ", embedder_document_prefix="")
    assert Services(settings).embedder_name == "org/model; query prefix 'q: '; document prefix ''"


def test_services_close_what_they_opened_the_last_one_first() -> None:
    closed: list[str] = []
    with Services(Settings()) as services:
        library, conversations = services.library, services.conversations
        services.on_close(lambda: closed.append(f"{len(library.documents())} documents"))
        assert conversations.conversations(None) == []
    assert closed == ["0 documents"], "the library was still open"
    with pytest.raises(LibraryError, match="closed"):
        library.documents()
    with pytest.raises(LibraryError, match="closed"):
        conversations.conversations(None)


def test_servers_of_one_model_are_told_of_once_it_is_loaded() -> None:
    with scripted_server() as first, scripted_server() as second:
        with Services(load_settings(model=f"openai:model@{first.address},{second.address}")) as services:
            assert services.replicas == []
            assert services.generator.context_tokens == 4000
            (replicas,) = services.replicas
        assert [(each.setting, each.host, each.state) for each in replicas.states()] == [
            ("model", f"127.0.0.1:{server.port}", "in use") for server in (first, second)
        ]
        with Services(load_settings(model=f"openai:model@{first.address}")) as services:
            assert (services.generator.context_tokens, services.replicas) == (4000, []), "one server is no replica"
