"""Remove documents with their rows, vectors, index entries and uploads, and redact the answers that quote them."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Thread

from ingest.sources.file_store import FileStore, original_files
from ingest.sources.page_archive import PageArchive
from ingest.sources.web_address import is_web_address
from rag.errors import CitewellError
from rag.exports.redaction import RemovedDocuments, redact
from rag.runtime.audit_log import Action, record
from rag.runtime.progress import Progress, no_progress
from rag.services import Services
from rag.stores.library_folder import INCOMING, UPLOADS
from rag.text.analyzer import words
from rag.types import Document, LedgerEntry

log = logging.getLogger(__name__)

_USERS = "users"
_UPLOAD = "upload:"


_SLASH = "\N{DIVISION SLASH}"


def stored_name(name: str) -> str:
    """Return the name of an uploaded file on this disk: folders in its name are no folders here."""
    return name.replace("/", _SLASH)


def upload_key(files: FileStore, owner: str, name: str) -> str:
    """Return the key of an owner's uploaded file of this name.

    Files without an owner lie directly in the folder of uploads. One named like a folder there lies among the users'
    files instead, unless it was stored before there was such a folder.
    """
    name = stored_name(name)
    plain = f"{UPLOADS}/{name}"
    if not owner and (name.lower() not in (INCOMING, _USERS) or files.exists(plain)):
        return plain
    return f"{uploads_of(owner)}/{name}"


def uploads_of(owner: str) -> str:
    """Return the folder of an owner's uploaded files: hashed, because a user's name may contain any character."""
    return f"{UPLOADS}/{_USERS}/{hashlib.sha256(owner.encode()).hexdigest()[:32]}"


def original_key(files: FileStore, source: str, owner: str) -> str | None:
    """Return the key of the file of an upload, or of the copy of a web page; None for any other source."""
    if source.startswith(_UPLOAD):
        return upload_key(files, owner, source.removeprefix(_UPLOAD))
    return PageArchive(files).key(source, owner) if is_web_address(source) else None


@dataclass(frozen=True, slots=True)
class Removal:
    """Outcome of a removal: ids that no document has, and the number of stored answers that were redacted."""

    unknown: list[int]
    answers: int


def remove_documents(
    services: Services, ids: Sequence[int], *, purge: bool = True, action: Action = "document-removed"
) -> Removal:
    """Remove documents, and redact the stored answers that quote them.

    Files on the user's own disk are left alone. Without `purge`, words of the documents stay in the keyword index's
    files until `services.indexes.purge()`, which may take a minute for a large library.
    """
    library = services.library
    entries = [entry for entry in library.ledger() if entry.document_id in set(ids)]
    _require_deletable(services, entries)
    documents = [document for id_ in ids if (document := library.document(id_))]
    answers = _redact_answers_from(services, documents)
    removed = set(library.remove_all(ids))
    _record(services, [document for document in documents if document.id in removed], action)
    unknown = [id_ for id_ in ids if id_ not in removed]
    answers += _redact_answers_from(services, documents)
    _delete_originals(original_files(services.settings), entries)
    if purge and len(unknown) < len(ids):
        purge_indexes(services)
    return Removal(unknown, answers)


def forget_sources(services: Services, entries: Sequence[LedgerEntry]) -> None:
    """Forget sources, and remove the document of each unless another source has the same one."""
    documents = _documents_only_of(services, entries)
    _require_deletable(services, entries)
    _redact_answers_from(services, documents)
    for entry in entries:
        services.library.forget(entry.source, entry.owner)
    _record(services, documents, "document-removed")
    _redact_answers_from(services, documents)
    _delete_originals(original_files(services.settings), entries)
    if any(entry.document_id is not None for entry in entries):
        purge_indexes(services)


def _record(services: Services, documents: Sequence[Document], action: Action) -> None:
    """Note removed documents in the audit log, by id and owner: a name says what is in them."""
    for document in documents:
        record(services.settings.audit_log, action, document.id, f"of {document.owner}" if document.owner else "")


def redact_answers(services: Services, owner: str, removed: RemovedDocuments) -> int:
    """Redact removed documents from an owner's stored answers and notes; return the number of answers changed."""
    services.notes.rewrite(owner, removed.identifiers, lambda record: redact([record], removed, words)[0])
    return services.conversations.rewrite(owner, removed.identifiers, lambda records: redact(records, removed, words))


def _redact_answers_from(services: Services, documents: Sequence[Document]) -> int:
    """Redact documents from the answers of their owners, and of those they were shared with; return how many changed.

    Done before the documents are removed, because a kill in between must not leave quotes of removed documents; and
    again afterwards, for answers stored meanwhile.
    """
    ids = {document.id for document in documents}
    answers = 0
    for owner in {document.owner for document in documents}:
        staying = [document for document in services.library.documents(owner) if document.id not in ids]
        theirs = [document for document in documents if document.owner == owner]
        answers += redact_answers(services, owner, RemovedDocuments.of(theirs, staying))
    with_answers = {conversation.owner for conversation in services.conversations.conversations(None)}
    for owner in with_answers | services.notes.owners():
        others = [document for document in documents if document.owner != owner]
        if owner and others:
            own = services.library.documents(owner)
            removed = RemovedDocuments.of(others, own)
            answers += redact_answers(services, owner, replace(removed, names=removed.names - names_of(own)))
    return answers


def names_of(documents: Iterable[Document]) -> set[str]:
    """Return the names of documents, all that each of them has."""
    return {name for document in documents for name in (document.name, *document.also)}


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


def _require_deletable(services: Services, entries: Sequence[LedgerEntry]) -> None:
    """Check that the files of sources can be deleted: nothing is removed whose file would be left behind.

    Raises:
        StorageError: they cannot be.
    """
    if any(entry.source.startswith(_UPLOAD) or is_web_address(entry.source) for entry in entries):
        original_files(services.settings).require_reachable()


def _delete_originals(files: FileStore, entries: Sequence[LedgerEntry]) -> None:
    for entry in entries:
        if entry.source.startswith(_UPLOAD):
            files.delete(upload_key(files, entry.owner, entry.source.removeprefix(_UPLOAD)))
        elif is_web_address(entry.source):
            PageArchive(files).delete(entry.source, entry.owner)
