"""Prompt processing (pure): system prompt, history, passages and question become chat messages that fit the window.

Nothing is cut: what does not fit is left out whole and reported, the oldest turns of the conversation first from
their share of the window, then the passages of the lowest rank.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.errors import QuestionError
from rag.interfaces import Message
from rag.types import Dropped, Passage, Turn

NOT_FOUND = "I could not find this in the documents."

SYSTEM_PROMPT = (
    "You answer questions about the user's documents. Use only the sources given with the question. Answer in one to "
    "three short sentences, with the words of the sources. Do not add anything that the sources do not say. If no "
    f"source says anything about it, answer only: {NOT_FOUND}"
)

HISTORY_SHARE = 0.25
"""At most this share of the window for earlier turns."""

_NO_ROOM = "does not fit into the model's window of {} tokens"


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages that fit, and what was left out of them."""

    messages: tuple[Message, ...]
    tokens: int
    passages: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]
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
) -> Prompt:
    """The prompt with as much as fits beside `max_new_tokens` in a window of `window` tokens.

    Raises:
        QuestionError: not even the question alone fits.
    """
    room = window - max_new_tokens
    turns = _fit_history(history, int(window * HISTORY_SHARE), count)
    shown = list(passages)
    while True:
        messages = build_messages(system_prompt, turns, shown, question)
        tokens = count(messages)
        if tokens <= room:
            break
        if shown:
            shown.pop()
        elif turns:
            turns = turns[1:]
        else:
            raise QuestionError(
                f"The question is too long: with the instructions it takes {tokens} tokens, and the "
                f"model's window has room for {room} beside the answer. Shorten it."
            )
    reason = _NO_ROOM.format(window)
    return Prompt(
        tuple(messages),
        tokens,
        tuple(shown),
        tuple(Dropped(p, reason) for p in passages[len(shown) :]),
        len(history) - len(turns),
    )


def build_messages(
    system_prompt: str, turns: Sequence[Turn], passages: Sequence[Passage], question: str
) -> list[Message]:
    """System prompt, earlier turns, then the numbered sources with the question after them."""
    messages = [{"role": "system", "content": system_prompt}]
    for turn in turns:
        messages.append({"role": "user", "content": turn.question})
        messages.append({"role": "assistant", "content": turn.answer})
    sources = "\n\n".join(
        f"[{number}] {describe(passage)}\n{passage.chunk.text}" for number, passage in enumerate(passages, start=1)
    )
    messages.append({"role": "user", "content": f"Sources:\n\n{sources}\n\nQuestion: {question}"})
    return messages


def describe(passage: Passage) -> str:
    """Where a passage is from, for the model: document, page or lines, heading."""
    chunk = passage.chunk
    return ", ".join(part for part in (chunk.document, place(chunk.page, chunk.page_label), chunk.heading) if part)


def place(page: int, label: str) -> str:
    """Where to look, for people: "p. 3 (page 11 of the file)", "lines 1–420", or nothing if there are no pages."""
    if not label or label.startswith("lines"):
        return label
    return f"p. {label}" if label == str(page) else f"p. {label} (page {page} of the file)"


def _fit_history(history: Sequence[Turn], room: int, count: Callable[[Sequence[Message]], int]) -> list[Turn]:
    turns = list(history)
    while turns and count(build_messages("", turns, [], "")) > room:
        turns = turns[1:]
    return turns
