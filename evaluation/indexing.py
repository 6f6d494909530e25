"""Indexes the documents of a labelled set through the real ingestor, once per content and settings.

The library lies in the user's cache, named by what decides its content, so a second run is quick.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from platformdirs import user_cache_path

from evaluation.beir import CorpusDocument
from ingest.chunking import VERSION as CHUNKING
from ingest.chunking import StructureChunker
from ingest.factory import open_ingestor
from ingest.prepare import Prepared
from rag.factory import Services
from rag.settings import Settings
from rag.types import Content, NewDocument, Page

Progress = Callable[[str, int, int], None]


def indexed(
    name: str, documents: Sequence[CorpusDocument], settings: Settings, progress: Progress
) -> tuple[Services, float | None]:
    """Services over a library with these documents, and how many were indexed a second (None: they were there)."""
    digest = hashlib.sha256(repr((settings.embedder, settings.chunk_tokens, CHUNKING)).encode())
    for document in documents:
        digest.update(repr(asdict(document)).encode())
    folder = user_cache_path("citewell") / "evaluation" / f"{name.split()[0]}-{digest.hexdigest()[:16]}"
    services = Services(settings.model_copy(update={"library": folder}))
    known = {document.source for document in services.library.documents()}
    missing = [document for document in documents if document.id not in known]
    if not missing:
        return services, None
    ingestor = open_ingestor(services)
    services.embedder  # noqa: B018  loading it is not indexing
    started = time.perf_counter()
    steps = (_prepared(document, ingestor.preparer.chunker) for document in missing)
    for done, _ in enumerate(ingestor.store(steps), start=1):
        progress(f"indexing {name}", done, len(missing))
    services.indexes.refresh()
    return services, len(missing) / (time.perf_counter() - started)


def _prepared(document: CorpusDocument, chunker: StructureChunker) -> Prepared:
    """A document of a set as a file would come out of its reader, but with its text untouched: offsets are labelled."""
    page = Page(1, "", document.text)
    new = NewDocument(document.title, document.id, "", "evaluation", len(document.text))
    return Prepared(Content(new, (page,), tuple(chunker.chunk([page], document.title))), False, 0.0, "")
