"""Tests of the protocol run on an event loop."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the server runs on too."""
    return "asyncio"
