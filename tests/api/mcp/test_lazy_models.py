"""Models load once, when they are needed, and the client hears how far that is."""

from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.backend import Backend
from api.mcp import lazy_models
from api.mcp.lazy_models import LazyModels, LoadingState
from rag.errors import ModelError


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
    monkeypatch.setattr(lazy_models, "_TELL_S", 0.01)
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
