"""Real models for tests: a fixture of each, loaded once a process.

Loading torch takes seconds: it is left to the tests that ask for a model.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.models.catalog import find_spec
from rag.models.catalog_models import fetch
from tests.support.paths import MODELS
from tests.support.servers.llama_server import LlamaServer, client_of, llama_server

if TYPE_CHECKING:
    from rag.generation.generator import LocalGenerator
    from rag.model_servers.server_generator import ServerGenerator
    from rag.models.embedder import SentenceTransformerEmbedder


@pytest.fixture(scope="session")
def minilm() -> "SentenceTransformerEmbedder":
    from rag.models.embedder import SentenceTransformerEmbedder
    from rag.models.resolve import resolve_model

    return SentenceTransformerEmbedder(resolve_model("minilm", "embedder", MODELS), "minilm")


@pytest.fixture(scope="session")
def tiny() -> "LocalGenerator":
    from rag.generation.generator import LocalGenerator
    from rag.models.kernels.checkpoint import best_format
    from rag.models.resolve import resolve_model

    return LocalGenerator(resolve_model("tiny", "generator", MODELS, weights=best_format()), context_tokens=2048)


@pytest.fixture(scope="session")
def tiny_gguf() -> Path:
    """Return the file that `tiny` is converted from, for other programs to load."""
    pytest.importorskip("xllamacpp")
    spec = find_spec("tiny")
    assert spec
    assert spec.gguf
    return fetch(spec, MODELS) / spec.gguf


@pytest.fixture(scope="session")
def tiny_server(tiny_gguf: Path) -> Iterator[LlamaServer]:
    """Yield llama.cpp's server with the model of `tiny`; no test may end it."""
    with llama_server(tiny_gguf) as server:
        yield server


@pytest.fixture(scope="session")
def tiny_on_server(tiny_server: LlamaServer) -> Iterator["ServerGenerator"]:
    from rag.model_servers.server_generator import ServerGenerator

    with client_of(tiny_server.address) as client:
        yield ServerGenerator(client, context_tokens=None)
