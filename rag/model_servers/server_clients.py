"""Open clients of the servers that settings name."""

from collections.abc import Callable
from contextlib import closing

from rag.errors import CitewellError
from rag.model_servers.model_client import ModelClient
from rag.model_servers.protocol_client import ServerClient
from rag.model_servers.replicas import Replicas
from rag.model_servers.replicated_client import ReplicatedClient
from rag.model_servers.server_failures import OutOfServiceError
from rag.model_servers.server_key import find_key
from rag.types.server_model import parse_server_model

OnClose = Callable[[Callable[[], object]], None]
"""Called with what is to be done when a client is no longer needed."""

_LOOK_S = 5.0


def open_client(
    name: str, setting: str, seconds: float, on_close: OnClose, on_replicas: Callable[[Replicas], object]
) -> ModelClient:
    """Return a client for the model that the value of a setting names, with the key for its server.

    `on_replicas` is called if it has several.

    Raises:
        SettingsError: the value names no model of a server, or the key cannot be sent.
    """
    server = parse_server_model(name, setting)
    if not server.others:
        client = ServerClient(server, setting, key=find_key(server), seconds=seconds)
        on_close(client.close)
        return client
    several = ReplicatedClient(server, setting, _clients(name, setting, seconds))
    on_close(several.close)
    on_replicas(several.replicas)
    return several


def look_at_replicas(name: str, setting: str) -> dict[str, str]:
    """Return why each server of a model does not answer, by host; "" if it does. Nothing is computed there."""
    found = {}
    for client in _clients(name, setting, _LOOK_S):
        with closing(client):
            found[client.server.host] = _reason(client)
    return found


def _reason(client: ServerClient) -> str:
    try:
        client.models()
    except OutOfServiceError as error:
        return error.reason
    except CitewellError as error:
        return str(error)
    return ""


def _clients(name: str, setting: str, seconds: float) -> list[ServerClient]:
    return [
        ServerClient(each, setting, key=find_key(each), seconds=seconds, is_replica=True)
        for each in parse_server_model(name, setting).replicas
    ]
