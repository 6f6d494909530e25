"""Read whole texts, however they arrive, with the scanner of calls."""

from collections.abc import Collection, Iterable
from typing import Any

from rag.postprocessing.call_formats import CallFormat
from rag.postprocessing.call_stream import ToolCallStream
from rag.types.tools import ToolCall

Piece = str | tuple[str, dict[str, Any]]
"""A text, or a call by its name and arguments."""


def pieces(form: CallFormat, parts: Iterable[str], names: Collection[str] = ()) -> list[Piece]:
    """Return what a text in parts is: texts that follow one another are one."""
    stream = ToolCallStream(form, names)
    found: list[Piece] = []
    for piece in [piece for part in parts for piece in stream.push(part)] + stream.finish():
        if isinstance(piece, ToolCall):
            found.append((piece.name, dict(piece.arguments)))
        elif found and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def check_splits(form: CallFormat, text: str, expected: list[Piece], names: Collection[str] = ()) -> None:
    """Require the same pieces for the text whole, split at every character, and character by character."""
    assert pieces(form, [text], names) == expected
    assert pieces(form, text, names) == expected
    for at in range(1, len(text)):
        assert pieces(form, [text[:at], text[at:]], names) == expected, text[:at]
