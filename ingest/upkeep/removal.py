"""Remove documents with their rows, vectors, index entries and uploads, and redact the answers that quote them."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from ingest.sources.page_archive import PageArchive
from ingest.sources.web_address import is_web_address
from rag.errors import CitewellError
from rag.exports.redaction import RemovedDocuments, redact
from rag.runtime.progress import Progress, no_progress
from rag.services import Services
from rag.types import Document, LedgerEntry

log = logging.getLogger(__name__)

UPLOADS = "files"
"""Folder of the library for uploaded files."""

INCOMING = "incoming"
"""Folder within `UPLOADS` for files still being received."""

_USERS = "users"
_UPLOAD = "upload:"


_SLASH = "\N{DIVISION SLASH}"


def stored_name(name: str) -> str:
    """Return the name of an uploaded file on this disk: folders in its name are no folders here."""
    return name.replace("/", _SLASH)


def upload_path(folder: Path, owner: str, name: str) -> Path:
    """Return where an owner's uploaded file of this name is stored in the uploads folder.

    Files without an owner lie directly in it. One named like a folder there lies among the users' files instead, unless
    it was stored before there was such a folder.
    """
    name = stored_name(name)
    plain = folder / name
    if not owner and (name.lower() not in (INCOMING, _USERS) or plain.is_file()):
        return plain
    # hashed, because a user's name may contain any character
    return folder / _USERS / hashlib.sha256(owner.encode()).hexdigest()[:32] / name


@dataclass(frozen=True, slots=True)
class Removal:
    """Outcome of a removal: ids that no document has, and the number of stored answers that were redacted."""

    unknown: list[int]
    answers: int


def remove_documents(services: Services, ids: Sequence[int], *, purge: bool = True) -> Removal:
    """Remove documents, and redact the stored answers that quote them.

    Files on the user's own disk are left alone. Without `purge`, words of the documents stay in the keyword index's
    files until `services.indexes.purge()`, which may take a minute for a large library.
    """
    library = services.library
    entries = [entry for entry in library.ledger() if entry.document_id in set(ids)]
    documents = [document for id_ in ids if (document := library.document(id_))]
    answers = _redact_answers_from(services, documents)
    unknown = [id_ for id_ in ids if not library.remove(id_)]
    answers += _redact_answers_from(services, documents)
    _delete_uploads(services.settings.library, entries)
    if purge and len(unknown) < len(ids):
        purge_indexes(services)
    return Removal(unknown, answers)


def forget_sources(services: Services, entries: Sequence[LedgerEntry]) -> None:
    """Forget sources, and remove the document of each unless another source has the same one."""
    documents = _documents_only_of(services, entries)
    _redact_answers_from(services, documents)
    for entry in entries:
        services.library.forget(entry.source, entry.owner)
    _redact_answers_from(services, documents)
    _delete_uploads(services.settings.library, entries)
    if any(entry.document_id is not None for entry in entries):
        purge_indexes(services)


def redact_answers(services: Services, owner: str, removed: RemovedDocuments) -> int:
    """Redact removed documents from an owner's stored answers; return the number of answers changed."""
    return services.conversations.rewrite(
        owner, removed.identifiers, lambda records: redact(records, removed, services.analyze)
    )


def _redact_answers_from(services: Services, documents: Sequence[Document]) -> int:
    """Redact documents of any owners from these owners' answers; return the number of answers changed.

    Done before the documents are removed, because a kill in between must not leave quotes of removed documents; and
    again afterwards, for answers stored meanwhile.
    """
    ids = {document.id for document in documents}
    answers = 0
    for owner in {document.owner for document in documents}:
        staying = [document for document in services.library.documents(owner) if document.id not in ids]
        theirs = [document for document in documents if document.owner == owner]
        answers += redact_answers(services, owner, RemovedDocuments.of(theirs, staying))
    return answers


def _documents_only_of(services: Services, entries: Sequence[LedgerEntry]) -> list[Document]:
    """Return the documents that only these sources have."""
    library = services.library
    leaving = {(entry.source, entry.owner) for entry in entries}
    staying = {entry.document_id for entry in library.ledger() if (entry.source, entry.owner) not in leaving}
    ids = {entry.document_id for entry in entries if entry.document_id is not None} - staying
    return [document for id_ in sorted(ids) if (document := library.document(id_))]


def purge_indexes(services: Services, progress: Progress = no_progress) -> None:
    """Purge removed and replaced content from the files of the indexes, if there are any."""
    if services.library.dimension:  # nothing was ever embedded otherwise
        services.indexes.purge(progress)


def purge_in_background(services: Services) -> None:
    """Purge the indexes in a thread. If that fails or the program ends meanwhile, the next removal does it."""

    def work() -> None:
        try:
            purge_indexes(services)
        except (CitewellError, OSError) as error:
            log.warning("the indexes were not purged: %s", error)

    Thread(target=work, name="purge", daemon=True).start()


def _delete_uploads(library: Path, entries: Sequence[LedgerEntry]) -> None:
    for entry in entries:
        if entry.source.startswith(_UPLOAD):
            upload_path(library / UPLOADS, entry.owner, entry.source.removeprefix(_UPLOAD)).unlink(missing_ok=True)
        elif is_web_address(entry.source):
            PageArchive(library).delete(entry.source, entry.owner)
