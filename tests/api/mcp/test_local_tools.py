"""The tools of a process of its own have a caller without a key, addresses of the app beside it, models when needed."""

from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.backend import Backend
from api.caller import Caller, caller_of
from api.mcp import local_tools
from api.mcp.local_tools import LazyModels, LoadingState, local_request
from rag.errors import ModelError
from rag.settings import load_settings


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://127.0.0.1:7860/"),
        ({"port": 0}, "http://127.0.0.1:7860/"),
        ({"host": "192.0.2.1", "port": 8000}, "http://127.0.0.1:8000/"),
        ({"host": "::1"}, "http://[::1]:7860/"),
    ],
)
def test_pages_have_the_address_of_the_app_on_this_machine(settings: dict[str, Any], address: str) -> None:
    caller = Caller(owner="ann", read_only=True)
    request = local_request(load_settings(**settings), caller)
    assert str(request.base_url) == address
    assert caller_of(request) == caller


class Slow:
    """Services whose assistant takes until `go` to load, and fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        self.go = Event()
        self.loaded = 0
        self.failures = failures
        self.retriever = self.reranker = object()

    @property
    def assistant(self) -> object:
        assert self.go.wait(10)
        self.loaded += 1
        if self.loaded <= self.failures:
            raise ModelError("The model is not here. Fetch it first.")
        return object()


def backend(services: Any) -> Backend:
    return cast(Backend, SimpleNamespace(services=services, ready=Event()))


async def test_the_client_hears_what_is_loaded_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_tools, "_TELL_S", 0.01)
    services, state, told = Slow(), LoadingState(), list[str]()
    state("fetching default", 30, 120)

    async def report(message: str) -> None:
        told.append(message)
        services.go.set()

    made = backend(services)
    await LazyModels(made, state).wait("answers", report)
    assert told[0] == "fetching default: 25 %"
    assert made.ready.is_set()


async def test_a_failure_is_told_and_the_next_call_tries_again() -> None:
    async def report(_message: str) -> None:
        pass

    services = Slow(failures=1)
    services.go.set()
    made = backend(services)
    models = LazyModels(made, LoadingState())
    with pytest.raises(ModelError, match="Fetch it first"):
        await models.wait("answers", report)
    assert not made.ready.is_set()
    await models.wait("answers", report)
    assert made.ready.is_set()
