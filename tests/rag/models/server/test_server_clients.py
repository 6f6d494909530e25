"""Clients for the servers that settings name."""

from collections.abc import Callable

import pytest

from rag.models.server.replicas import Replicas
from rag.models.server.server_clients import look_at_replicas, open_client
from tests.support.servers.llama_server import free_port
from tests.support.servers.scripted_server import MODELS, ScriptedServer


def test_several_servers_have_one_client_and_their_states_are_told(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWELL_SERVER_KEY", "sk-1")
    closing: list[Callable[[], object]] = []
    told: list[Replicas] = []
    name = f"openai:model@http://127.0.0.1:{free_port()},{server.address}"
    client = open_client(name, "model", 5, closing.append, told.append)
    assert client.models()[0]["id"] == "model"
    assert server.to(MODELS)[0].headers["Authorization"] == "Bearer sk-1"
    assert {(each.setting, each.host) for each in told[0].states()} == {
        ("model", each.host) for each in client.server.replicas
    }
    for close in closing:
        close()


def test_each_server_is_looked_at(server: ScriptedServer) -> None:
    port = free_port()
    found = look_at_replicas(f"openai:model@{server.address},http://127.0.0.1:{port}/v1", "model")
    assert found == {f"127.0.0.1:{server.port}": "", f"127.0.0.1:{port}": "Connection refused"}
