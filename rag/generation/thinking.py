"""Thinking of a model before its answer: how it is marked, and generated text split into thinking and answer.

Formats are recognised by the chat template's own text and the tokenizer's tokens, never by a model's name.
"""

from collections.abc import Collection
from dataclasses import dataclass

from rag.generation.detokenizer import overlap


@dataclass(frozen=True, slots=True)
class ThinkingFormat:
    """How a family of models marks its thinking: what opens it, what closes it, and how it is ended from outside.

    One of `before_answer` may follow the thinking, or stand in its place, and belongs to neither part.
    """

    opening: str
    closing: str
    break_off: str
    before_answer: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is no part of thinking or answer."""
        return self.opening, self.closing, *self.before_answer


THINK = ThinkingFormat("<think>", "</think>", "\n</think>\n\n")
"""The commonest format (Qwen3, SmolLM3, DeepSeek-R1 and more); also assumed where a model shows no other."""

_END = "<|end|>"
"""Ends thinking in one format, and turns in many templates."""

_FINAL = "<|channel|>final<|message|>"
FORMATS = (
    THINK,
    ThinkingFormat("[THINK]", "[/THINK]", "[/THINK]"),
    ThinkingFormat("<thought>", "</thought>", "\n</thought>\n\n"),
    ThinkingFormat("<seed:think>", "</seed:think>", "</seed:think>"),
    ThinkingFormat("<mm:think>", "</mm:think>", "</mm:think>"),
    ThinkingFormat("<|inner_prefix|>", "<|inner_suffix|>", "<|inner_suffix|>"),
    ThinkingFormat("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]", "\n[BEGIN FINAL RESPONSE]\n"),
    ThinkingFormat("<|channel>thought", "<channel|>", "<channel|>"),
    ThinkingFormat(
        "<|START_THINKING|>", "<|END_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>", ("<|START_RESPONSE|>",)
    ),
    ThinkingFormat(
        "<|channel|>analysis<|message|>",
        _END,
        f"{_END}<|start|>assistant{_FINAL}",
        (f"<|start|>assistant{_FINAL}", _FINAL),
    ),
)


def find_format(template: str, tokens: Collection[str]) -> ThinkingFormat | None:
    """Return the format that a template writes or reads, else the one whose tokens the tokenizer has; None if neither.

    `tokens` are the tokenizer's added tokens.
    """
    in_template = (each for each in FORMATS if each.opening in template or each.closing in template.replace(_END, ""))
    in_tokens = (each for each in FORMATS if each.closing in tokens and each.opening in tokens)
    return next(in_template, None) or next(in_tokens, None)


def is_left_open(text: str, form: ThinkingFormat) -> bool:
    """Return whether thinking was opened in this text and not closed again."""
    return text.rfind(form.opening) > text.rfind(form.closing)


class ThinkingStream:
    """Split generated text into thinking and answer; neither has the tags.

    Thinking is what stands between the tags at the very beginning; with `is_open` the prompt has opened it already.
    Once the answer has begun, tags are text. Text is held back only while it may be the beginning of a tag.
    """

    def __init__(self, form: ThinkingFormat, *, is_open: bool = False) -> None:
        self._form = form
        self._is_open = is_open
        self._part = "beginning"
        self._held = ""

    @property
    def is_undecided(self) -> bool:
        """True until it is known whether the text begins with thinking."""
        return self._part == "beginning"

    @property
    def is_thinking(self) -> bool:
        """True from the opening tag up to the closing one."""
        return self._part == "thinking" or (self._is_open and self._part == "beginning")

    def push(self, text: str) -> tuple[str, str]:
        """Return the thinking and the answer that this text adds."""
        text, self._held = self._held + text, ""
        thought = ""
        if self._part == "beginning":
            text = self._begin(text)
        if self._part == "thinking":
            thought, text = self._think(text)
        if self._part == "gap":
            text = self._cross(text)
        return thought, text if self._part == "answer" else ""

    def finish(self) -> tuple[str, str]:
        """Return the thinking and the answer still held back: nothing can complete a tag now."""
        held, self._held = self._held, ""
        if self.is_thinking:
            return held, ""
        return "", held

    def _begin(self, text: str) -> str:
        """Take away the opening tag, white space before it included."""
        begun = text.lstrip()
        opening = self._form.opening
        if begun.startswith(opening):
            self._part = "thinking"
            return begun[len(opening) :]
        if opening.startswith(begun):
            self._held = text
            return ""
        self._part = "thinking" if self._is_open else "gap"
        return text

    def _think(self, text: str) -> tuple[str, str]:
        """Return the thinking in this text, and what follows it."""
        thought, closing, rest = text.partition(self._form.closing)
        if closing:
            self._part = "gap"
            return thought, rest
        held = overlap(text, self._form.closing)
        self._held = text[len(text) - held :]
        return text[: len(text) - held], ""

    def _cross(self, text: str) -> str:
        """Take away what may stand before the answer."""
        begun, starts = text.lstrip(), self._form.before_answer
        for start in starts:
            if begun.startswith(start):
                self._part = "answer"
                return begun[len(start) :]
        if any(start.startswith(begun) for start in starts):
            self._held = text
            return ""
        self._part = "answer"
        return text
