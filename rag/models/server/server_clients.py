"""Open clients of the servers that settings name."""

from collections.abc import Callable

from rag.models.server.protocol_client import ServerClient
from rag.models.server.server_key import find_key
from rag.types.server_model import parse_server_model

OnClose = Callable[[Callable[[], object]], None]
"""Called with what is to be done when a client is no longer needed."""


def open_client(name: str, setting: str, *, seconds: float, on_close: OnClose) -> ServerClient:
    """Return a client for the model that the value of a setting names, with the key for its server.

    Raises:
        SettingsError: the value names no model of a server, or the key cannot be sent.
    """
    server = parse_server_model(name, setting)
    client = ServerClient(server, setting, key=find_key(server), seconds=seconds)
    on_close(client.close)
    return client
