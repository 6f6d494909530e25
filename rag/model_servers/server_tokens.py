"""Count the tokens of texts by a server's own tokenizer; without one, bound them from both sides."""

import re
from collections.abc import Callable, Sequence

from rag.interfaces import Message
from rag.model_servers.model_client import ModelClient
from rag.model_servers.protocol_client import Json
from rag.model_servers.server_limits import ServerKind

_PIECE = re.compile(r" ?[A-Za-z]+|[\x00-\x7f]|[^\x00-\x7f]+")


def most_tokens(text: str) -> int:
    """Return more tokens than any common tokenizer makes of a text.

    A byte-level or byte-fallback tokenizer never makes more tokens than there are bytes, so every byte counts as one,
    but for words in ASCII letters: two letters to a token. Words that are no language's may take more, prose takes half
    as many; `tests/rag/model_servers/test_server_tokens.py` holds it to real tokenizers.
    """
    return sum(
        (len(piece.strip()) + 1) // 2 if piece[-1].isascii() and piece[-1].isalpha() else len(piece.encode())
        for piece in _PIECE.findall(text)
    )


def least_tokens(text: str) -> int:
    """Return fewer tokens than any common tokenizer makes of a text: no token spans two words."""
    return len(text.split())


def text_counter(client: ModelClient, kind: ServerKind) -> Callable[[str], int] | None:
    """Return what counts the tokens of a text exactly, without special ones; None if the server has no tokenizer."""
    model = client.server.name

    def count(text: str) -> int:
        body: Json = (
            {"model": model, "prompt": text, "add_special_tokens": False}
            if kind == "vllm"
            else {"content": text, "add_special": False, "parse_special": False}
        )
        return _length(client.find("/tokenize", body))

    return count if kind in ("llama.cpp", "vllm") and count("a b") > 0 else None


def prompt_counter(client: ModelClient, kind: ServerKind) -> Callable[[Sequence[Message]], int] | None:
    """Return what counts the tokens of a prompt with its chat template; None if the server cannot."""
    model = client.server.name

    def by_template(messages: Sequence[Message]) -> int:
        rendered = (client.find("/apply-template", {"messages": list(messages)}) or {}).get("prompt")
        if not isinstance(rendered, str):
            return 0
        body = {"content": rendered, "add_special": True, "parse_special": True}
        return _length(client.find("/tokenize", body))

    def by_messages(messages: Sequence[Message]) -> int:
        body = {"model": model, "messages": list(messages), "add_generation_prompt": True}
        return _length(client.find("/tokenize", body))

    counters = {"llama.cpp": by_template, "vllm": by_messages}
    count = counters.get(kind)
    return count if count and count([{"role": "user", "content": "a b"}]) > 0 else None


def _length(answer: Json | None) -> int:
    """Return how many tokens an answer has; 0 if it does not say."""
    answer = answer or {}
    tokens, count = answer.get("tokens"), answer.get("count")
    return len(tokens) if isinstance(tokens, list) else count if isinstance(count, int) else 0
