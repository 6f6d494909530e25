"""Build the models of servers that settings name (`openai:NAME@URL`), for `services`."""

from rag.interfaces import Embedder, Generator, Reranker
from rag.models.server.protocol_client import ServerClient
from rag.models.server.server_key import find_key
from rag.settings import Settings
from rag.types.server_model import parse_server_model


def open_generator(settings: Settings, name: str) -> Generator:
    """Return the generator of this name, tried once.

    Raises:
        CitewellError: the server cannot be reached, or does not have the model.
    """
    from rag.generation.server.server_generator import ServerGenerator

    return ServerGenerator(
        _client(settings, name, "model"),
        context_tokens=settings.context_tokens,
        thinking=settings.thinking,
        thinking_tokens=settings.thinking_tokens,
    )


def open_embedder(settings: Settings, model_name: str) -> Embedder:
    """Return the embedder that is set, `model_name` in the library.

    Raises:
        CitewellError: the server cannot be reached, or gives no vectors.
    """
    from rag.models.server.server_embedder import ServerEmbedder

    client = _client(settings, settings.embedder, "embedder")
    return ServerEmbedder(client, model_name, prefixes=settings.embedder_prefixes)


def open_reranker(settings: Settings, name: str) -> Reranker:
    """Return the reranker of this name."""
    from rag.models.server.server_reranker import ServerReranker

    return ServerReranker(_client(settings, name, "reranker"))


def _client(settings: Settings, name: str, setting: str) -> ServerClient:
    server = parse_server_model(name, setting)
    return ServerClient(server, setting, key=find_key(server), seconds=settings.server_seconds)
