"""Prompt rendering, tokenisation and detokenisation: a model's own chat template and tokenizer."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from rag.errors import ModelError, QuestionError
from rag.generation.decoding.token_mask import Splitter
from rag.generation.template_rendering import Rendering, shortened
from rag.generation.thinking import THINK, ThinkingFormat, ThinkingStream, find_format, is_left_open
from rag.generation.tool_messages import broken_up, has_calls, tools_with_texts, with_texts
from rag.generation.tool_rendering import WithoutCalls
from rag.interfaces import Message
from rag.postprocessing.call_stream import ToolCallStream
from rag.text.characters import any_of
from rag.text.sanitize import TEMPLATE_TOKENS
from rag.types.tools import ToolDefinition

_PLACEHOLDER = "\u00a7"
_NO_THINKING = "The model's chat template cannot switch thinking on, so it answers without (setting thinking)."


class ChatTemplate:
    """The chat template of a tokenizer: messages to a prompt, a prompt to tokens, and tokens to text.

    Args:
        tokenizer: the model's tokenizer.
        name: the model's name for error messages.
        thinking: have the model think before it answers, if the template can switch that.

    Raises:
        ModelError: there is no template, or it cannot show a conversation.
    """

    def __init__(self, tokenizer: Any, name: str, *, thinking: bool = False) -> None:
        self.tokenizer = tokenizer
        source = _template_source(tokenizer, name)
        added = {int(id_): token for id_, token in tokenizer.added_tokens_decoder.items()}
        contents = {token.content for token in added.values()}
        found = find_format(source, contents)
        self._format = found or THINK
        self._rendering = Rendering(
            tokenizer, source, name, self._format, thinking=thinking, tool_source=_tool_source(tokenizer)
        )
        self._control = _control_pattern(source, contents, found)
        self._call_format = form = self._rendering.call_format
        self._new_calls: Callable[[], ToolCallStream] | None = None
        self._commands = re.compile(any_of(self._rendering.commands))
        self._special = {id_: token.content for id_, token in added.items() if token.special}
        thinking_marks = found.texts if found else ()
        self._hidden = self._hidden_tokens(thinking_marks)
        self._hidden_beside_calls = self._hidden_tokens((*thinking_marks, *(form.marks if form else ())))
        self._beginning = self._missing_beginning()
        self.end_tokens = self._end_tokens()
        """Tokens that end an answer."""
        tail = self._rendering.tail
        self._opens_thinking = is_left_open(tail, self._format)
        is_closed = tail.rstrip().endswith(self._format.closing)
        is_off = self._rendering.has_switch and not (thinking and self._rendering.can_switch)
        self.expects_thinking = self._opens_thinking or (
            found is not None and found.closing in source and not is_closed and not is_off
        )
        """Whether the model is expected to think before it answers; another may do so too."""
        self.notice = "" if self.expects_thinking or not thinking else _NO_THINKING
        """What to tell people about a setting that has no effect."""

    # Messages to tokens

    def render(self, messages: Sequence[Message], tools: Sequence[ToolDefinition] = ()) -> str:
        """Render messages as a prompt, with the tools that the model may call.

        Control tokens of the template inside the text are broken up: a document may contain them, and they are data.
        """
        inert = self._inert_beside_calls if tools or has_calls(messages) else self._inert
        shown = [with_texts(message, inert) for message in messages]
        return self._beginning + self._rendering.render(shown, tools_with_texts(tools, self._inert))

    def tokenise(self, prompt: str) -> list[int]:
        """Tokenise a rendered prompt: return its token ids."""
        return list(self.tokenizer(prompt, add_special_tokens=False, verbose=False)["input_ids"])

    def trailing_tokens(self) -> int:
        """Return the number of tokens the template adds after the last message."""
        rendered = self.render([{"role": "user", "content": _PLACEHOLDER}])
        return len(self.tokenise(rendered.rpartition(_PLACEHOLDER)[2]))

    def _inert(self, text: str) -> str:
        return self._commands.sub(broken_up, self._control.sub(broken_up, text))

    def _inert_beside_calls(self, text: str) -> str:
        marks = self._call_format.marks if self._call_format else ()
        return re.compile(any_of(marks)).sub(broken_up, self._inert(text))

    # Calls of tools

    @property
    def can_call_tools(self) -> bool:
        """True if the template shows tools, and calls in its format are understood."""
        return self._call_format is not None

    def for_calls(self, names: Collection[str], first: int = 1) -> tuple["ChatTemplate", ToolCallStream]:
        """Return this template for an answer that may call the tools of these names, and what finds its calls.

        These are numbered from `first`.

        Raises:
            QuestionError: the template cannot call tools.
        """
        if self._call_format is None:
            raise QuestionError("The model in use cannot call tools. Choose another one, or leave out the tools.")
        made = copy(self)
        made._new_calls = partial(ToolCallStream, self._call_format, names, first)
        made._hidden = self._hidden_beside_calls
        return made, made._new_calls()

    @property
    def shows_other_tokens_for_calls(self) -> bool:
        """True if special tokens mark calls: then texts with calls have tokens that others leave out."""
        return self._hidden_beside_calls != self._hidden

    # Tokens to text

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of tokens, without special ones but for those that mark thinking."""
        shown = [id_ for id_ in ids if id_ not in self._hidden] if self._hidden else ids
        text = self.tokenizer.decode(shown, skip_special_tokens=not self._hidden, clean_up_tokenization_spaces=False)
        return str(text)

    def split_thinking(self, *, is_open: bool | None = None) -> ThinkingStream:
        """Return a splitter of generated text; `is_open` of None is as the prompt leaves it."""
        return ThinkingStream(self._format, is_open=self._opens_thinking if is_open is None else is_open)

    def split_for_mask(self, *, is_open: bool | None = None) -> Splitter:
        """Return a splitter whose answer is the part that is held to its sources: no thinking, and no calls."""
        thinking = self.split_thinking(is_open=is_open)
        return WithoutCalls(thinking, self._new_calls()) if self._new_calls else thinking

    def break_off_thinking(self) -> list[int]:
        """Return the tokens that end thinking from outside."""
        return self.tokenise(self._format.break_off)

    def skip_thinking(self) -> list[int]:
        """Return the tokens after a prompt that leave out the thinking; none if none is expected."""
        if not self.expects_thinking:
            return []
        opening = "" if self._opens_thinking else f"{self._format.opening}\n"
        return self.tokenise(opening + self._format.break_off)

    # What the tokenizer says

    def _missing_beginning(self) -> str:
        """Return the token that the tokenizer puts before any text, if the template leaves it out."""
        tokens = self.tokenizer("a", verbose=False)["input_ids"]
        if self.tokenizer.bos_token is None or tokens[:1] != [self.tokenizer.bos_token_id]:
            return ""
        beginning = str(self.tokenizer.bos_token)
        return "" if beginning in self._rendering.beginning else beginning

    def _end_tokens(self) -> frozenset[int]:
        """Return end and padding token, and the special one that the template writes after an answer.

        The padding token is the base model's end of text where the two differ (Qwen): some answers end with it.
        """
        own = (self.tokenizer.eos_token_id, self.tokenizer.pad_token_id)
        after = self.tokenise(self._rendering.after_answer.lstrip())[:1]
        marks = "".join(self._format.texts)
        written = [token for token in after if token in self._special and self._special[token] not in marks]
        return frozenset(int(token) for token in (*own, *written) if token is not None)

    def _hidden_tokens(self, shown: Iterable[str]) -> frozenset[int]:
        """Return the special tokens to leave out of texts; none if no special token is in the texts to be shown."""
        marks = "".join(shown)
        hidden = frozenset(id_ for id_, content in self._special.items() if content not in marks)
        return hidden if len(hidden) < len(self._special) else frozenset()


def load_tokenizer(folder: Path) -> Any:
    """Load the tokenizer in a folder; no code in the folder is run.

    Raises:
        ModelError: there is none, or it cannot be loaded.
    """
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the library underneath raises bare exceptions
        raise ModelError(
            f"The tokenizer in {folder} cannot be loaded: {shortened(error)}. Fetch the model again, or choose another."
        ) from error


def _template_source(tokenizer: Any, name: str) -> str:
    """Return the template: of several, the one for conversations."""
    found = tokenizer.chat_template
    if isinstance(found, dict):
        found = found.get("default") or (next(iter(found.values())) if len(found) == 1 else None)
    if not found:
        raise ModelError(f"The model in {name} has no chat template: choose an instruction-tuned model.")
    return str(found)


def _tool_source(tokenizer: Any) -> str:
    """Return the template for conversations with tools, if there is one of its own."""
    found = tokenizer.chat_template
    return str(found.get("tool_use") or "") if isinstance(found, dict) else ""


def _control_pattern(source: str, contents: set[str], found: ThinkingFormat | None) -> re.Pattern[str]:
    """Match the tokenizer's control tokens and the markers that its chat template reads or writes as plain text."""
    tokens = {content for content in contents if len(content) > 1}
    tokens |= {token for token in TEMPLATE_TOKENS if token in source}
    return re.compile(any_of(tokens | ({found.opening, found.closing} if found else set())))
