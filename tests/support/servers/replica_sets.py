"""Sets of servers that nobody asks: for what only shows their states."""

from collections.abc import Callable
from time import monotonic

from rag.model_servers.protocol_client import ServerClient
from rag.model_servers.replicas import Replica, Replicas
from rag.types.server_model import parse_server_model


def replicas_of(setting: str, addresses: str, now: Callable[[], float] = monotonic) -> Replicas:
    """Return the servers at these addresses; their clients have opened nothing."""
    model = parse_server_model(f"openai:m@{addresses}", setting)
    return Replicas(setting, [ServerClient(each, setting, is_replica=True) for each in model.replicas], now)


def taken(replicas: Replicas, key: str = "") -> Replica:
    """Return the server that a request goes to."""
    replica = replicas.take(key, ())
    assert replica
    return replica
