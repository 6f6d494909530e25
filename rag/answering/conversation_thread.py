"""Which turns of a conversation a question is read with.

A question that stands alone is read as the first of a conversation is: what was asked before costs no time then, and is
no reason to answer otherwise. A follow-up goes on from the last question that stood alone, with all turns since: those
are in the prefix cache just as they were read, so that only what is new takes time. Their system prompt is that of the
question that stood alone; a follow-up that asks for another form of answer is told it with its own passages.
"""

from collections.abc import Sequence
from dataclasses import replace

from rag.types import Turn


def without_sources(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns with their questions and answers only."""
    return [replace(turn, passages=()) for turn in turns]


def thread(history: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns since the last question that was read alone: it took the earlier ones their passages.

    If none has passages, as in a conversation that a program keeps, all are returned.
    """
    begin = next((place for place, turn in enumerate(history) if turn.passages), 0)
    return history[begin:]


def conversation_after(history: Sequence[Turn], read: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the conversation for the next question, which goes on from the turns that were `read` now, if any was."""
    return (*without_sources(history[: len(history) - len(read)]), *read)
