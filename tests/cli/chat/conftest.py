"""A chat session over a library of two documents, with a scripted model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.chat.chat_session import ChatSession
from rag.services import Services
from rag.settings import Settings
from tests.support.fakes import ScriptedGenerator, WordEmbedder


@pytest.fixture
def session(towers: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatSession]:
    monkeypatch.setattr(Services, "embedder_name", "words")
    with Services(Settings(library=towers.parent / "library", models=towers.parent / "models")) as services:
        services.__dict__["embedder"] = WordEmbedder()
        services.__dict__["generator"] = ScriptedGenerator("The Eiffel tower is 330 metres high.", context_tokens=4096)
        yield ChatSession(services, "")
