"""Build the models of servers that settings name (`openai:NAME@URL`), for `services`."""

from collections.abc import Callable

from rag.interfaces import Embedder, Generator, Reranker
from rag.models.server.protocol_client import ServerClient
from rag.models.server.server_key import find_key
from rag.settings import Settings
from rag.types.server_model import parse_server_model

OnClose = Callable[[Callable[[], object]], None]
"""Called with what is to be done when the models are no longer needed."""


def open_generator(settings: Settings, name: str, on_close: OnClose) -> Generator:
    """Return the generator of this name, tried once.

    Raises:
        CitewellError: the server cannot be reached, or does not have the model.
    """
    from rag.generation.server.server_generator import ServerGenerator

    return ServerGenerator(
        _client(settings, name, "model", on_close),
        context_tokens=settings.context_tokens,
        thinking=settings.thinking,
        thinking_tokens=settings.thinking_tokens,
    )


def open_embedder(settings: Settings, model_name: str, on_close: OnClose) -> Embedder:
    """Return the embedder that is set, `model_name` in the library.

    Raises:
        CitewellError: the server cannot be reached, or gives no vectors.
    """
    from rag.models.server.server_embedder import ServerEmbedder

    client = _client(settings, settings.embedder, "embedder", on_close)
    return ServerEmbedder(client, model_name, prefixes=settings.embedder_prefixes)


def open_reranker(settings: Settings, name: str, on_close: OnClose) -> Reranker:
    """Return the reranker of this name."""
    from rag.models.server.server_reranker import ServerReranker

    return ServerReranker(_client(settings, name, "reranker", on_close))


def _client(settings: Settings, name: str, setting: str, on_close: OnClose) -> ServerClient:
    server = parse_server_model(name, setting)
    client = ServerClient(server, setting, key=find_key(server), seconds=settings.server_seconds)
    on_close(client.close)
    return client
