"""Requests for chat completions: what each kind of server takes, and what one has been found not to take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.errors import SettingsError
from rag.generation.tool_messages import as_functions, folded
from rag.interfaces import Message
from rag.model_servers.protocol_client import Json
from rag.model_servers.server_limits import ServerKind
from rag.model_servers.server_tools import as_plain_text, with_wire_calls
from rag.types.decoding import Decoding
from rag.types.tools import ToolDefinition

_LIMIT, _NEW_LIMIT = "max_tokens", "max_completion_tokens"

_OPTIONAL = ("stream_options", "logprobs", "chat_template_kwargs", "seed", "top_p", "temperature", "min_p")
"""Fields that an answer can do without; a server that rejects one is asked again without it."""

_EXTRAS = frozenset(["stream_options", "logprobs", "chat_template_kwargs", "min_p"])
"""Of these, those that not every server knows: left out together where a rejection names none."""

_NO_TOOLS = re.compile(r"\btools?\b|tool[ _-](?:choice|call)|--jinja|\bfunctions?\b", re.IGNORECASE)
"""A rejection of tools, in the words of some servers."""

_KERNEL = re.compile(r"\b(?:device|kernel|cuda\w*) functions?\b", re.IGNORECASE)
"""Functions of another kind, in the failures of graphics drivers."""

_NO_SYSTEM = re.compile(r"system role|roles? must alternate|only user and assistant roles", re.IGNORECASE)

_ALL_TOKENS = -1
"""vLLM: all tokens are candidates."""

_WHOLE_TEXT = 65_536
"""llama.cpp: how far back a token counts as one that occurred; its default is 64."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The requests that a server takes: its kind, what to leave out, where the system prompt goes."""

    kind: ServerKind = ""
    without: frozenset[str] = frozenset()
    limit_field: str = _LIMIT
    folds_system: bool = False

    @property
    def takes_tools(self) -> bool:
        """True until the server has rejected tools."""
        return "tools" not in self.without

    def after(self, message: str, body: Json, *, is_failure: bool = False) -> "Dialect | None":
        """Return the dialect to try after a server has rejected a body; None if nothing in it can be left out.

        What is left out stays so. After a failure that is only what the message names: the next request may pass.
        """
        if _NO_SYSTEM.search(message) and not self.folds_system:
            return replace(self, folds_system=True)
        if _named(_LIMIT, message) and _LIMIT in body:
            return replace(self, limit_field=_NEW_LIMIT)
        left = [name for name in _OPTIONAL if name in body]
        named = {name for name in left if _named(name, message) or (name == "logprobs" and "top_logprobs" in message)}
        if "tools" in body and (_NO_TOOLS.search(_KERNEL.sub("", message)) or not (named or is_failure)):
            return replace(self, without=self.without | {"tools"})  # all else has been accepted before
        dropped = named if is_failure else named or (_EXTRAS & set(left))
        return replace(self, without=self.without | dropped) if dropped else None


def chat_body(
    model: str,
    messages: Sequence[Message],
    decoding: Decoding,
    dialect: Dialect,
    *,
    limit: int,
    thinking: bool,
    tools: Sequence[ToolDefinition] = (),
) -> Json:
    """Return the body of a request for a streamed answer of at most `limit` tokens, thinking included.

    Stop sequences are not among it: servers cut a model's thinking at them too, and do not say whether they did.

    Raises:
        SettingsError: the server cannot choose tokens as the decoding asks.
    """
    require_possible(decoding, dialect.kind)
    messages = with_wire_calls(messages if dialect.takes_tools else as_plain_text(messages))
    body: Json = {
        "model": model,
        "messages": folded(messages) if dialect.folds_system else messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        dialect.limit_field: limit,
        "temperature": decoding.temperature,
        "logprobs": True,
        "chat_template_kwargs": {"enable_thinking": thinking},
        **_sampling(decoding, dialect.kind),
        **({"tools": as_functions(tools)} if tools else {}),
    }
    body = {name: value for name, value in body.items() if name not in dialect.without}
    return body | {"top_logprobs": 1} if "logprobs" in body and dialect.kind == "llama.cpp" else body


def require_possible(decoding: Decoding, kind: ServerKind) -> None:
    """Check that a server can choose tokens as the decoding asks.

    Raises:
        SettingsError: it cannot.
    """
    if decoding.beams > 1:
        raise SettingsError("A model on a server has no beam search. Set beams to 1.")
    if kind in ("llama.cpp", "vllm"):
        return
    for name, value, off in (("top_k", decoding.top_k, 0), ("repetition_penalty", decoding.repetition_penalty, 1.0)):
        if value != off and (name != "top_k" or decoding.temperature):
            raise SettingsError(
                f"Setting '{name}' is {value}, which the OpenAI protocol has no parameter for. Set it to {off:g}, or "
                "use a server that takes it: llama-server or vLLM."
            )


def _sampling(decoding: Decoding, kind: ServerKind) -> Json:
    """Return what narrows the choice of tokens; explicitly, since servers have defaults of their own."""
    fields: Json = {} if decoding.seed is None else {"seed": decoding.seed}
    if kind == "llama.cpp":
        fields |= {"top_k": decoding.top_k, "top_p": decoding.top_p, "min_p": 0.0}
        fields |= {"repeat_penalty": decoding.repetition_penalty, "repeat_last_n": _WHOLE_TEXT}
    elif kind == "vllm":
        top_k = decoding.top_k or _ALL_TOKENS
        fields |= {"top_k": top_k, "top_p": decoding.top_p, "min_p": 0.0}
        fields["repetition_penalty"] = decoding.repetition_penalty
    elif decoding.temperature:
        fields["top_p"] = decoding.top_p
    return fields


def _named(name: str, message: str) -> bool:
    return re.search(rf"\b{name}\b", message) is not None
