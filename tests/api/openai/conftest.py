"""OpenAI's own client at a server with documents of the shell's and of ann's, checking all that it is sent."""

from collections.abc import Iterator

import pytest
from openai import OpenAI

from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import NotingGenerator, openai_client


@pytest.fixture
def noting(services: Services) -> NotingGenerator:
    """Have the server, which is started afterwards, answer with a model that notes what it is asked."""
    generator = NotingGenerator()
    services.__dict__["generator"] = generator
    return generator


@pytest.fixture
def openai(running: RunningApi) -> Iterator[OpenAI]:
    with openai_client(running) as opened:
        yield opened
