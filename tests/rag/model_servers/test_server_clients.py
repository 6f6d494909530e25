"""Clients for the servers that settings name."""

from rag.model_servers.server_clients import look_at_replicas
from tests.support.servers.free_port import free_port
from tests.support.servers.scripted_server import ScriptedServer


def test_each_server_is_looked_at(server: ScriptedServer) -> None:
    port = free_port()
    found = look_at_replicas(f"openai:model@{server.address},http://127.0.0.1:{port}/v1", "model")
    assert found == {f"127.0.0.1:{server.port}": "", f"127.0.0.1:{port}": "Connection refused"}
