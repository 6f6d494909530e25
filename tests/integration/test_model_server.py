"""Questions answered by a real model on a real server, which is killed in the middle of an answer and comes back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import ServerError
from rag.postprocessing.output_checks import stop_note
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer, Token
from tests.support.fakes import WordEmbedder
from tests.support.servers.llama_server import LlamaServer

pytestmark = [pytest.mark.model, pytest.mark.slow]

QUESTION = "When do dogs bark?"


@pytest.fixture
def server(tiny_gguf: Path) -> Iterator[LlamaServer]:
    started = LlamaServer(tiny_gguf)
    yield started
    started.close()


@pytest.fixture
def services(server: LlamaServer, store_text: Callable[..., int]) -> Iterator[Services]:
    store_text("a.txt", "Dogs bark at night because they guard the house, and in the morning because they are hungry.")
    with Services(load_settings(model=f"openai:tiny@{server.address}", embedder="words", max_new_tokens=24)) as made:
        made.embedder = WordEmbedder()
        yield made


def test_a_server_killed_in_mid_answer_leaves_its_beginning_and_answers_when_it_is_back(
    services: Services, server: LlamaServer, tiny_gguf: Path
) -> None:
    shown = ""
    last = None
    for last in services.assistant.ask(QUESTION):
        if isinstance(last, Token):
            if not shown:
                server.kill()
            shown += last.text
    assert isinstance(last, Answer)
    assert (last.text, last.stop_reason) == (shown, "interrupted")
    assert shown
    assert stop_note(last) == "Interrupted: the model's server broke off. Ask again."

    with pytest.raises(ServerError, match=r"cannot be reached \(Connection refused\). Start it"):
        services.assistant.answer(QUESTION)

    back = LlamaServer(tiny_gguf, port=server.port)
    try:
        answered = services.assistant.answer(QUESTION)
    finally:
        back.close()
    assert answered.stop_reason in ("end", "length", "repetition")
    assert answered.signals.certainty.answerable is None, "no probe reads a model on a server"
    assert answered.signals.certainty.min_log_prob is not None
