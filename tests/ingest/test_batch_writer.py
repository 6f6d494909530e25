"""Prepared documents are embedded and committed in batches, whole or not at all."""

from collections.abc import Sequence

import numpy as np
import pytest

from ingest.batch_writer import BatchWriter
from ingest.prepare import PreparedDocument, Preparer, Rejected
from rag.runtime.progress import CancelEvent, HeldEvent, no_progress
from rag.stores.sqlite_library import SqliteLibrary
from rag.text.document_names import with_context
from rag.types import Content, NewChunk, NewDocument, Page
from tests.support.fakes import WordEmbedder


@pytest.fixture
def preparer(library: SqliteLibrary, embedder: WordEmbedder) -> Preparer:
    return Preparer(library, lambda: embedder, chunk_tokens=40, max_file_bytes=1000)


def new_document(name: str) -> NewDocument:
    return NewDocument(name=name, source=f"/{name}", sha256=f"sha of {name}", recipe="recipe", size=1)


def page_of(texts: Sequence[str], number: int = 1) -> tuple[Page, tuple[NewChunk, ...]]:
    chunks, at = [], 0
    for text in texts:
        chunks.append(NewChunk(number, at, at + len(text), text))
        at += len(text) + 1
    return Page(number=number, label=str(number), text="\n".join(texts)), tuple(chunks)


def prepared(name: str, *texts: str) -> PreparedDocument:
    page, chunks = page_of(texts)
    return PreparedDocument(Content(new_document(name), (page,), chunks), False, 0.0)


def test_each_chunk_gets_its_own_vector_whatever_its_length(
    preparer: Preparer, library: SqliteLibrary, embedder: WordEmbedder
) -> None:
    texts = ["owl", "an owl that hoots at night", "two owls", "a very long text about a very quiet owl at home"]
    with BatchWriter(preparer, no_progress, CancelEvent()) as writer:
        writer.add(prepared("a.txt", *texts[:2]))
        writer.add(prepared("b.txt", *texts[2:]))
        assert writer.chunks == 4
        assert [(result.name, result.status) for result in writer.flush()] == [("a.txt", "added"), ("b.txt", "added")]
        assert writer.chunks == 0
    expected = [with_context("a" if text in texts[:2] else "b", "", text) for text in texts]
    assert np.allclose(library.known_vectors(library.chunk_ids())[1], embedder.embed_documents(expected))


class TakenOver(HeldEvent):
    def require_held(self) -> None:
        raise TimeoutError


@pytest.mark.parametrize("step", [prepared("a.txt", "owl"), Rejected(new_document("a.txt"), "it is damaged", 0.0)])
def test_of_work_that_another_program_has_taken_over_nothing_is_stored(
    preparer: Preparer, library: SqliteLibrary, step: PreparedDocument | Rejected
) -> None:
    with BatchWriter(preparer, no_progress, TakenOver()) as writer:
        writer.add(step)
        with pytest.raises(TimeoutError):
            list(writer.flush())
    assert library.ledger() == []
