"""Store a document or a text in a library, whichever it is."""

from typing import Any

from rag.interfaces import Library, Vectors
from rag.types import Content, Document
from tests.support.fakes import WordEmbedder
from tests.support.values import content


def put(library: Library, document: Content, vectors: Vectors | None = None) -> Document:
    """Store a document, and return it; without `vectors`, with those of the words of its chunks."""
    if vectors is None:
        vectors = WordEmbedder().embed_documents([chunk.text for chunk in document.chunks])
    return library.replace_all([(document, vectors)])[0]


def stored(library: Library, name: str, text: str, **known: Any) -> int:
    """Store a document of one page and one chunk, and return its id. `known` is as of `values.content`."""
    return put(library, content(name, text, **known)).id
