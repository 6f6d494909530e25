"""Note where a function is called: what takes long must not be called on the event loop, which all requests share."""

import asyncio
from typing import Any

import pytest


def noted_threads(monkeypatch: pytest.MonkeyPatch, target: Any, name: str) -> list[bool]:
    """Return the calls of a function from now on: True for each that is beside the event loop."""
    calls: list[bool] = []
    function = getattr(target, name)

    def noted(*given: Any, **more: Any) -> Any:
        calls.append(not _on_loop())
        return function(*given, **more)

    monkeypatch.setattr(target, name, noted)
    return calls


def _on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
