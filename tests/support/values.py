"""Values of the product's types with usual fields, so that a test writes only what it is about."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from rag.interfaces import TextDelta
from rag.types import Answer, Chunk, Content, Document, NewChunk, NewDocument, Page

_Value = TypeVar("_Value")

_CHUNK = Chunk(id=1, document_id=1, document="a.pdf", page=1, page_label="", start=0, end=0, text="", heading="")
_DOCUMENT = Document(
    id=1,
    name="a.pdf",
    source="/a.pdf",
    sha256="sha of 1",
    recipe="r",
    size=10,
    pages=1,
    chunks=1,
    added_at="2026-01-01T00:00:00+00:00",
)
_ANSWER = Answer(question="", query="", text="", sentences=(), abstained=False, passages=(), stop_reason="end")


def chunk(text: str = "", *, start: int = 0, **changes: Any) -> Chunk:
    """Return a chunk that is in no library."""
    return replace(_CHUNK, text=text, start=start, end=start + len(text), **changes)


def document(id_: int, name: str, **changes: Any) -> Document:
    """Return a document that is in no library."""
    return replace(_DOCUMENT, **{"id": id_, "name": name, "source": f"/{name}", "sha256": f"sha of {id_}", **changes})


def content(name: str, text: str, *, label: str = "1", **known: Any) -> Content:
    """Return a document of one page and one chunk, to be stored. `known` are further fields of NewDocument."""
    usual: dict[str, Any] = {"source": f"/{name}", "sha256": f"sha of {text}", "recipe": "r", "size": len(text)}
    page = Page(number=1, label=label, text=text)
    return Content(NewDocument(name=name, **usual | known), (page,), (NewChunk(1, 0, len(text), text),))


def answer(question: str = "", **changes: Any) -> Answer:
    """Return an answer from nothing."""
    return replace(_ANSWER, **{"question": question, "query": question, **changes})


def present(value: _Value | None) -> _Value:
    """Return a value that has to be there."""
    assert value is not None
    return value


def text_of(deltas: Iterable[TextDelta]) -> str:
    """Return the text that deltas join to."""
    return "".join(delta.text for delta in deltas)
