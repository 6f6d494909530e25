"""Store a text in a library, whichever it is."""

from typing import Any

from rag.interfaces import Library
from tests.support.fakes import WordEmbedder
from tests.support.values import content


def stored(library: Library, name: str, text: str, **known: Any) -> int:
    """Store a document of one page and one chunk, and return its id. `known` is as of `values.content`."""
    return library.replace(content(name, text, **known), WordEmbedder().embed_documents([text])).id
