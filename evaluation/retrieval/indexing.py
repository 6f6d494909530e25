"""Indexes the documents of a labelled set through the real ingestor, once per content and settings.

The library lies in the user's cache, named by what decides its content, so a second run is quick.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from platformdirs import user_cache_path

from evaluation.datasets.beir import CorpusDocument, EvaluationError
from ingest.chunking.chunker import VERSION as CHUNKING
from ingest.chunking.chunker import StructureChunker
from ingest.pipeline import open_ingestor
from ingest.prepare import PreparedDocument
from rag.services import Services
from rag.settings import Settings
from rag.types import Content, NewDocument, Page

Progress = Callable[[str, int, int], None]


def indexed(
    name: str, documents: Sequence[CorpusDocument], settings: Settings, progress: Progress, opened: ExitStack
) -> tuple[Services, float | None]:
    """Services over a library with these documents, and how many were indexed a second (None: they were there).

    They are closed with `opened`.
    """
    digest = hashlib.sha256(repr((settings.embedder, settings.chunk_tokens, CHUNKING)).encode())
    for document in documents:
        digest.update(repr(asdict(document)).encode())
    folder = user_cache_path("citewell") / "evaluation" / f"{name.split()[0]}-{digest.hexdigest()[:16]}"
    services = opened.enter_context(Services(settings.model_copy(update={"library": folder})))
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


def _prepared(document: CorpusDocument, chunker: StructureChunker) -> PreparedDocument:
    """A document of a set as a file would come out of its reader, but with its text untouched: offsets are labelled."""
    page = Page(number=1, label="", text=document.text)
    new = NewDocument(name=document.title, source=document.id, sha256="", recipe="evaluation", size=len(document.text))
    return PreparedDocument(Content(new, (page,), tuple(chunker.chunk([page], document.title))), False, 0.0, "")


def ingested(
    paths: Collection[Path], settings: Settings, progress: Progress, opened: ExitStack
) -> tuple[Services, dict[Path, int]]:
    """Services over a library with these files, read by the real readers, and the ids of their documents.

    They are closed with `opened`.

    Raises:
        EvaluationError: a file cannot be ingested.
    """
    sources = {path: f"{_sha256(path)} {path.name}" for path in sorted(paths)}
    digest = hashlib.sha256(repr((settings.embedder, settings.chunk_tokens, sorted(set(sources.values())))).encode())
    folder = user_cache_path("citewell") / "evaluation" / f"files-{digest.hexdigest()[:16]}"
    services = opened.enter_context(Services(settings.model_copy(update={"library": folder})))
    ingestor = open_ingestor(services)
    ids: dict[Path, int] = {}
    for path, source in sources.items():
        progress("indexing the documents", len(ids), len(sources))
        result = ingestor.ingest_file(path, source=source)  # by content: a file that moves is not read again
        if result.document_id is None:
            raise EvaluationError(f"{path} cannot be ingested: {result.reason}.")
        ids[path] = result.document_id
    return services, ids


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
