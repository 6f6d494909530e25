"""Kinds of servers, and the windows they say they have."""

from typing import Any

import pytest

from rag.model_servers.server_limits import ServerLimits, ask_limits
from tests.support.servers.llama_server import LlamaServer, client_of
from tests.support.servers.scripted_server import MODELS, ScriptedServer, as_json, listed, page


def limits(server: ScriptedServer, name: str = "model") -> ServerLimits:
    with client_of(server.address, name) as client:
        return ask_limits(client)


@pytest.mark.model
def test_llama_cpp_says_its_window_and_the_models_size(tiny_server: LlamaServer) -> None:
    with client_of(tiny_server.address) as client:
        found = ask_limits(client)
    assert found == ServerLimits(kind="llama.cpp", window=2048, parameters=134_515_008)


def test_vllm_says_the_window_of_the_model_that_is_named(server: ScriptedServer) -> None:
    rows = [{"id": name, "owned_by": "vllm", "max_model_len": length} for name, length in (("a", 1000), ("b", 2000))]
    server.on(MODELS, listed(*rows))
    assert limits(server, "b") == ServerLimits(kind="vllm", window=2000)


@pytest.mark.parametrize(
    ("shown", "running", "window"),
    [
        ({}, [], 4096),
        ({"parameters": 'stop  "x"\nnum_ctx                        8192'}, [], 8192),
        ({"parameters": "num_ctx 8192"}, [{"name": "qwen3:latest", "context_length": 16384}], 16384),
        ({"model_info": {"qwen3.context_length": 2048}}, [{"name": "other", "context_length": 9}], 2048),
    ],
)
def test_ollama_says_what_window_it_gives_a_model(
    server: ScriptedServer, shown: dict[str, Any], running: list[Any], window: int
) -> None:
    server.on(MODELS, listed({"id": "qwen3:latest", "owned_by": "library"}))
    server.on("/api/version", as_json({"version": "0.13.0"}))
    server.on("/api/show", as_json({"model_info": {"general.parameter_count": 4_000_000_000}} | shown))
    server.on("/api/ps", as_json({"models": running}))
    found = limits(server, "qwen3")
    assert (found.kind, found.window) == ("ollama", window)
    assert server.to("/api/show")[0].body == {"model": "qwen3"}


def test_a_list_of_nonsense_says_nothing(server: ScriptedServer) -> None:
    for reply in (page(), as_json({"data": {}}), listed(), listed({"id": "model", "max_model_len": "long"})):
        server.on(MODELS, reply)
        assert limits(server) == ServerLimits()
