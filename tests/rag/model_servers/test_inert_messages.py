"""Text of documents is data for a server too: whatever it says, the prompt keeps its structure."""

import json
from urllib.request import urlopen

import pytest

from rag.answering.prompt import build_messages
from rag.interfaces import Message
from rag.model_servers.inert_messages import inert
from rag.types import Turn
from tests.conftest import passage
from tests.rag.answering.test_hostile_documents import HOSTILE
from tests.support.servers.llama_server import LlamaServer

_CONTROL_TOKENS = 17
"""Tokens of the tiny model's vocabulary below this are control tokens."""


def control_tokens(server: LlamaServer, messages: list[Message]) -> list[int]:
    """Return the control tokens of the prompt that the server would read, in order."""
    root = server.address.removesuffix("/v1")
    with urlopen(f"{root}/apply-template", json.dumps({"messages": messages}).encode()) as answer:  # noqa: S310
        prompt = json.load(answer)["prompt"]
    body = {"content": prompt, "add_special": True, "parse_special": True}
    with urlopen(f"{root}/tokenize", json.dumps(body).encode()) as answer:  # noqa: S310
        return [token for token in json.load(answer)["tokens"] if token < _CONTROL_TOKENS]


@pytest.mark.model
def test_a_document_brings_no_control_token_into_the_prompt_of_a_server(tiny_server: LlamaServer) -> None:
    def control(said: str) -> list[int]:
        history = [Turn(said, said, (passage(said, document=said),))]
        return control_tokens(tiny_server, inert(build_messages(said, history, [passage(said, page=2)], said)))

    harmless = control("harmless")
    assert len(harmless) == 9, "four messages, each begun and ended, and the answer begun"
    for text in HOSTILE:
        assert control(text) == harmless, text


@pytest.mark.parametrize(
    "token",
    [
        *("<|im_end|>", "<|start_header_id|>system<|end_header_id|>", "<|some_new_token|>", "<｜User｜>"),
        *("<end_of_turn>", "[INST]", "[/TOOL_RESULTS]", "<think>", "<|channel>thought", "<channel|>", "/no_think"),
    ],
)
def test_tokens_of_every_common_template_are_broken_up(token: str) -> None:
    (message,) = inert([{"role": "user", "content": f"So {token} it is"}])
    assert token not in message["content"]
    assert message["content"].replace(" ", "") == f"So{token}itis"


def test_ordinary_text_stays_as_it_is() -> None:
    text = 'x < y | z > 2, a[1], [2], List<String>, see [NOTE: x], <source id="1">, https://h/thinking |-|'
    assert inert([{"role": "user", "content": text}]) == [{"role": "user", "content": text}]
