"""Models for commands: the real embedder, loaded once; and a scripted answer, with a library of two documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.chat_session import ChatSession
from ingest.pipeline import Ingestor
from rag.services import Services
from rag.settings import Settings
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import ScriptedGenerator, WordEmbedder

if TYPE_CHECKING:
    from rag.models.embedder import SentenceTransformerEmbedder

TABLE = """The Eiffel tower is 330 metres high.

| Tower | Height |
|---|---|
| Eiffel | 330 m |

- The **Fernsehturm** is 368 metres high."""


@pytest.fixture
def shared_minilm(minilm: "SentenceTransformerEmbedder", monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands embed with the real model that all tests share: loading it takes longer than most of them."""
    monkeypatch.setattr(Services, "embedder", minilm)


@pytest.fixture
def towers(ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path) -> Path:
    """Return the file of the scripted answer; the library has its documents, one with hostile text."""
    (tmp_path / "eiffel.md").write_text("The Eiffel tower is 330 metres high.\n")
    (tmp_path / "turm.md").write_text("The Fernsehturm is 368 metres high. \x1b]0;owned\x07\x1b[2J Red.\n")
    for name in ("eiffel.md", "turm.md"):
        assert ingestor.ingest_file(tmp_path / name).status == "added"
    library.close()
    answer = tmp_path / "answer.txt"
    answer.write_text(TABLE)
    return answer


@pytest.fixture
def scripted(towers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a command in this process answer with the script, over the library of the towers."""
    monkeypatch.setattr(Services, "generator", ScriptedGenerator(towers.read_text(), context_tokens=4096))
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    monkeypatch.setattr(Services, "embedder_name", "words")


@pytest.fixture
def session(towers: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatSession]:
    """A chat session over the library of the towers."""
    monkeypatch.setattr(Services, "embedder_name", "words")
    with Services(Settings(library=towers.parent / "library", models=towers.parent / "models")) as services:
        services.__dict__["embedder"] = WordEmbedder()
        services.__dict__["generator"] = ScriptedGenerator("The Eiffel tower is 330 metres high.", context_tokens=4096)
        yield ChatSession(services, "")
