"""Index the documents of a labelled set through the real ingestor, once per content and settings.

The library is stored in the user's cache under a hash of what decides its content, so a second run is quick.
"""

import hashlib
import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from platformdirs import user_cache_path

from evaluation.labelled_set import CorpusDocument
from evaluation.set_files import EvaluationError
from ingest.chunker import VERSION as CHUNKING
from ingest.chunker import StructureChunker
from ingest.pipeline import open_ingestor
from ingest.prepare import PreparedDocument
from rag.runtime.file_hash import sha256_of
from rag.runtime.progress import Progress
from rag.services import Services
from rag.settings import Settings
from rag.types import Content, NewDocument, Page


def index_documents(
    name: str, documents: Sequence[CorpusDocument], settings: Settings, progress: Progress, stack: ExitStack
) -> tuple[Services, float | None]:
    """Return services over a library of these documents, and the documents indexed per second (None: indexed before).

    The services are closed with `stack`.
    """
    digest = hashlib.sha256(repr((settings.embedder, settings.chunk_tokens, CHUNKING)).encode())
    for document in documents:
        digest.update(repr(asdict(document)).encode())
    folder = user_cache_path("citewell") / "evaluation" / f"{name.split()[0]}-{digest.hexdigest()[:16]}"
    services = stack.enter_context(Services(settings.model_copy(update={"library": folder})))
    stored = _stored_sources(services, {document.id for document in documents})
    new = [document for document in documents if document.id not in stored]
    if not new:
        return services, None
    ingestor = open_ingestor(services)
    services.embedder  # noqa: B018  loading it does not count as indexing
    started = time.perf_counter()
    steps = (prepare_document(document, ingestor.preparer.chunker) for document in new)
    for done, _ in enumerate(ingestor.store(steps), start=1):
        progress(f"indexing {name}", done, len(new))
    services.indexes.refresh()
    return services, len(new) / (time.perf_counter() - started)


def _stored_sources(services: Services, own: Collection[str]) -> set[str]:
    """Return the sources in the library.

    Raises:
        EvaluationError: the library is a database that has other documents, perhaps somebody's own.
    """
    stored = {document.source for document in services.library.documents()}
    if services.settings.database is not None and not stored <= set(own):
        raise EvaluationError("The database has other documents than this set's. Name an empty one in 'database'.")
    return stored


def prepare_document(document: CorpusDocument, chunker: StructureChunker) -> PreparedDocument:
    """Prepare a document of a set like a file, but with its text unchanged: the labels are offsets into it."""
    page = Page(number=1, label="", text=document.text)
    new = NewDocument(name=document.title, source=document.id, sha256="", recipe="evaluation", size=len(document.text))
    return PreparedDocument(Content(new, (page,), tuple(chunker.chunk([page], document.title))), False, 0.0)


def index_files(
    paths: Collection[Path], settings: Settings, progress: Progress, stack: ExitStack
) -> tuple[Services, dict[Path, int]]:
    """Return services over a library of these files, read by the real readers, and the ids of their documents.

    The services are closed with `stack`.

    Raises:
        EvaluationError: a file cannot be ingested.
    """
    sources = {path: f"{sha256_of(path)} {path.name}" for path in sorted(paths)}
    digest = hashlib.sha256(repr((settings.embedder, settings.chunk_tokens, sorted(set(sources.values())))).encode())
    folder = user_cache_path("citewell") / "evaluation" / f"files-{digest.hexdigest()[:16]}"
    services = stack.enter_context(Services(settings.model_copy(update={"library": folder})))
    _stored_sources(services, set(sources.values()))
    ingestor = open_ingestor(services)
    ids: dict[Path, int] = {}
    for path, source in sources.items():
        progress("indexing the documents", len(ids), len(sources))
        result = ingestor.ingest_file(path, source=source)  # named by content: a file that was moved is not read again
        if result.document_id is None:
            raise EvaluationError(f"{path} cannot be ingested: {result.reason}.")
        ids[path] = result.document_id
    return services, ids
