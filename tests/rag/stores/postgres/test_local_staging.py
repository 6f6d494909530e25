"""A document that comes in parts is sent whole, in order, or not at all."""

import numpy as np

from rag.stores.postgres.local_staging import LocalStaging
from rag.types import Document, NewChunk, NewDocument, Page

NEW = NewDocument(name="a", source="/a", sha256="x", recipe="r", size=1)


def test_parts_are_handed_over_in_order_with_their_vectors() -> None:
    sent = []

    def commit(document: NewDocument, dimension: int, pages: object, chunks: object) -> Document:
        sent.append((document, dimension, list(pages), list(chunks)))  # type: ignore[call-overload]
        return Document(id=1, name="a", source="/a", sha256="", recipe="", size=1, pages=2, chunks=2, added_at="")

    staging = LocalStaging(commit)
    vectors = np.array([[1, 0], [0, 1]], np.float32)
    for number, text in ((1, "one"), (2, "two")):
        page = Page(number=number, label=str(number), text=text)
        staging.add([page], [NewChunk(number, 0, 3, text)], vectors[number - 1 :][:1])
    assert staging.commit(NEW).id == 1
    ((document, dimension, pages, chunks),) = sent
    assert (document, dimension) == (NEW, 2)
    assert [page[:3] for page in pages] == [(1, "1", "one"), (2, "2", "two")]
    assert [chunk[:3] for chunk in chunks] == [(1, 0, 3), (2, 0, 3)]
    assert np.array_equal([chunk[4] for chunk in chunks], vectors)
