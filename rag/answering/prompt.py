"""Build the prompt: system prompt, conversation, passages and question as messages that fit the context window.

A follow-up goes on at the end of what was read (`conversation_thread`): each turn keeps the sources it was asked with,
and a follow-up adds new ones. So prefill reuses the cached prefix and computes only what is new. Nothing is cut: what
does not fit is left out whole and reported.

The prompt does not offer the model to refuse: a small one would then refuse half of what it could answer
(`benchmarks/history/2026.md`). It answers, and `abstention` decides whether that answer stands. Passages are fenced,
their text cannot open or close a fence, and orders to a model in it are left out (`hidden_instructions`).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.conversation_thread import without_sources
from rag.answering.hidden_instructions import without_instructions
from rag.errors import QuestionError
from rag.interfaces import Message
from rag.text.document_names import context_lines
from rag.text.locations import page_location
from rag.text.sanitize import without_leaders
from rag.types import Dropped, Passage, Turn
from rag.types.decoding import GroundedDecoding, Grounding

_HISTORY_SHARE = 0.25
"""At most this share of the window for earlier turns."""

_FENCE = re.compile(r"<(?=/?source\b)", re.IGNORECASE)

_CAPITALS_TELL_NAMES = ("en", "")
"""Languages in which only names have capitals within a sentence, as far as the rules for them were measured."""

_NO_ROOM = "does not fit into the model's window of {} tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Messages that fit the window, and what was left out of them.

    `passages` are all that the messages have, numbered from 1 in this order: those of earlier turns, then `new`.
    `turns` are the earlier turns as the messages have them.
    """

    messages: tuple[Message, ...]
    tokens: int
    passages: tuple[Passage, ...]
    new: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]
    turns: tuple[Turn, ...]
    forgotten_turns: int


def fit_prompt(
    question: str,
    passages: Sequence[Passage],
    history: Sequence[Turn],
    *,
    system_prompt: str,
    window: int,
    max_new_tokens: int,
    count: Callable[[Sequence[Message]], int],
    form: str = "",
) -> Prompt:
    """Return the prompt with as much as fits beside `max_new_tokens` in a window of `window` tokens.

    `form` is the form of answer that the question asks for, if the system prompt asks for another one.

    Leave out first the sources of all earlier turns at once, so that the conversation can grow again before it must be
    read anew; then passages of the lowest rank; then the oldest turns.

    Raises:
        QuestionError: not even the question alone fits.
    """
    room = window - max_new_tokens
    turns = _fit_history(history, int(window * _HISTORY_SHARE), count)
    wanted = list(passages)
    while True:
        new = not_in_turns(wanted, turns)
        messages = build_messages(system_prompt, turns, new, question, form)
        tokens = count(messages)
        if tokens <= room:
            break
        if not turns and not wanted:
            raise _too_long(tokens, room)
        turns, wanted = _shortened(turns, wanted)
    return Prompt(
        messages=tuple(messages),
        tokens=tokens,
        passages=(*_shown(turns), *new),
        new=tuple(new),
        dropped=tuple(Dropped(p, _NO_ROOM.format(window)) for p in passages[len(wanted) :]),
        turns=tuple(turns),
        forgotten_turns=len(history) - len(turns),
    )


def _shortened(turns: list[Turn], wanted: list[Passage]) -> tuple[list[Turn], list[Passage]]:
    if any(turn.passages for turn in turns):
        return without_sources(turns), wanted
    return (turns, wanted[:-1]) if wanted else (turns[1:], wanted)


def _too_long(tokens: int, room: int) -> QuestionError:
    return QuestionError(
        f"The question is too long: with the instructions it takes {tokens} tokens, and the "
        f"model's window has room for {room} beside the answer. Shorten it."
    )


def with_more_sources(
    prompt: Prompt,
    question: str,
    added: Sequence[Passage],
    *,
    room: int,
    count: Callable[[Sequence[Message]], int],
    notes: Sequence[str] = (),
) -> Prompt:
    """Return the prompt with as many of these passages after its own as fit, and notes before its question.

    `room` is the number of tokens that the prompt may have; the passages get the next numbers.
    """
    first = len(prompt.passages) - len(prompt.new) + 1
    for kept in range(len(added), -1, -1):
        new = (*prompt.new, *added[:kept])
        asked = {"role": "user", "content": _with_sources(question, new, first, notes)}
        messages = (*prompt.messages[:-1], asked)
        if (tokens := count(messages)) <= room or not kept:
            break
    return replace(prompt, messages=messages, tokens=tokens, passages=(*prompt.passages, *added[:kept]), new=new)


def grounding(prompt: Prompt, question: str, what: GroundedDecoding, language: str) -> Grounding | None:
    """Return the texts that an answer in a language may take figures and names from; None if from any.

    Names only where capitals tell them (German nouns have them too) and the passages are in the same language.
    """
    if what == "off" or not prompt.passages:
        return None
    passages = [part for passage in prompt.passages for part in (passage.chunk.text, describe(passage))]
    turns = [part for turn in prompt.turns for part in (turn.question, turn.answer)]
    figures_only = what == "figures" or language not in _CAPITALS_TELL_NAMES
    return Grounding((question, *passages, *turns), figures_only=figures_only)


def build_messages(
    system_prompt: str, turns: Sequence[Turn], passages: Sequence[Passage], question: str, form: str = ""
) -> list[Message]:
    """Return the system prompt, earlier turns with their sources, then the new sources with the question after them.

    A form of answer stands before the sources: at the end, the probe of answerability would read it.
    """
    messages = [{"role": "system", "content": system_prompt}]
    number = 1
    for turn in turns:
        asked = _with_sources(turn.question, turn.passages, number, form=turn.form)
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": turn.answer})
        number += len(turn.passages)
    messages.append({"role": "user", "content": _with_sources(question, passages, number, form=form)})
    return messages


def _with_sources(
    question: str, passages: Sequence[Passage], first: int, notes: Sequence[str] = (), form: str = ""
) -> str:
    """Return a question below a form of answer, its sources, which are numbered from `first`, and notes."""
    return "\n\n".join(filter(None, (form, fenced(passages, first), *notes, f"Question: {question}")))


def fenced(passages: Sequence[Passage], first: int) -> str:
    """Return passages as the model is shown them, numbered from `first`."""
    return "\n".join(_fenced(passage, number) for number, passage in enumerate(passages, start=first))


def _fenced(passage: Passage, number: int) -> str:
    """Return a passage between tags that its own text cannot contain: what is between them is quoted.

    What tells a model to answer something is left out.
    """
    parts = (without_instructions(without_leaders(passage.chunk.text)), describe(passage))
    text, origin = (_FENCE.sub("< ", part) for part in parts)
    return f'<source id="{number}" from="{origin}">\n{text}\n</source>'


def _shown(turns: Sequence[Turn]) -> list[Passage]:
    return [passage for turn in turns for passage in turn.passages]


def not_in_turns(passages: Sequence[Passage], turns: Sequence[Turn]) -> list[Passage]:
    """Return the passages whose text no earlier turn has."""
    shown = [passage.chunk for passage in _shown(turns)]
    return [
        passage
        for passage in passages
        if not any(chunk.spans(passage.chunk) and passage.chunk.text in chunk.text for chunk in shown)
    ]


def describe(passage: Passage) -> str:
    """Return where a passage is from, for the model, on one line: document, title, page or lines, headings."""
    name, title, heading = map(without_instructions, context_lines(passage.chunk))
    parts = (name, title, page_location(passage.chunk.page, passage.chunk.page_label), heading)
    return " ".join(", ".join(part for part in parts if part).replace('"', "'").split())


def _fit_history(history: Sequence[Turn], room: int, count: Callable[[Sequence[Message]], int]) -> list[Turn]:
    """Return the latest turns whose questions and answers fit into `room` tokens."""
    turns = list(history)
    while turns and count(build_messages("", without_sources(turns), [], "")) > room:
        turns = turns[1:]
    return turns
