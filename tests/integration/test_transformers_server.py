"""`transformers serve` as the model: it names no models and no window, and is killed in the middle of an answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import ServerError
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer, Token
from tests.support.fakes import WordEmbedder
from tests.support.servers.transformers_server import TransformersServer, transformers_folder

pytestmark = [pytest.mark.clients, pytest.mark.model]

QUESTION = "When do dogs bark?"


def test_an_answer_from_transformers_serve_until_it_is_killed(
    request: pytest.FixtureRequest, tiny_gguf: Path, tmp_path: Path, store_text: Callable[..., int]
) -> None:
    if "clients" not in request.config.option.markexpr:
        pytest.skip("only with -m clients: a model of full size is written and computed in float32")
    folder = transformers_folder(tiny_gguf, tmp_path / "model")
    server = TransformersServer()
    store_text("a.txt", "Dogs bark at night because they guard the house, and in the morning because they are hungry.")
    try:
        settings = load_settings(model=f"openai:{folder}@{server.address}", embedder="words", max_new_tokens=24)
        with Services(settings) as services:
            services.embedder = WordEmbedder()
            answered = services.assistant.answer(QUESTION)
            assert answered.text
            assert answered.stop_reason in ("end", "length", "repetition")
            shown, last = "", None
            for last in services.assistant.ask(QUESTION):
                if isinstance(last, Token):
                    if not shown:
                        server.kill()
                    shown += last.text
            assert isinstance(last, Answer)
            assert (last.text, last.stop_reason) == (shown, "interrupted")
            with pytest.raises(ServerError, match="cannot be reached"):
                services.assistant.answer(QUESTION)
    finally:
        server.kill()
