"""Clients for the servers that settings name."""

from collections.abc import Callable

import pytest

from rag.errors import SettingsError
from rag.models.server.server_clients import open_client
from tests.support.servers.scripted_server import MODELS, ScriptedServer


def test_a_client_has_the_servers_key_and_is_closed_with_the_rest(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWELL_SERVER_KEY", "sk-1")
    closing: list[Callable[[], object]] = []
    client = open_client(f"openai:model@{server.address}", "model", seconds=5, on_close=closing.append)
    assert client.models()[0]["id"] == "model"
    assert server.to(MODELS)[0].headers["Authorization"] == "Bearer sk-1"
    for close in closing:
        close()


def test_a_name_of_something_else_is_refused() -> None:
    with pytest.raises(SettingsError, match="'reranker'"):
        open_client("openai:model", "reranker", seconds=5, on_close=lambda _: None)
