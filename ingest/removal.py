"""Removes documents with all that belongs to them: rows, vectors, both indexes, uploaded files, what answers quote."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from rag.errors import CitewellError
from rag.exports.redaction import RemovedDocuments, redact
from rag.runtime.progress import Progress, no_progress
from rag.services import Services
from rag.types import Document, LedgerEntry

log = logging.getLogger(__name__)

UPLOADS = "files"
"""Folder in the library for uploaded files."""

INCOMING = "incoming"
"""Folder in that for files that are still being received."""

_USERS = "users"
_UPLOAD = "upload:"


def kept_file(folder: Path, owner: str, name: str) -> Path:
    """Where an owner's uploaded file of this name is kept in the folder for these.

    Those of "", who has no account, lie there side by side; one that is named as a folder there lies where users' files
    do, unless it was kept before that folder came.
    """
    plain = folder / name
    if not owner and (name.lower() not in (INCOMING, _USERS) or plain.is_file()):
        return plain
    # a user's name is no folder's name: it may have any sign in it
    return folder / _USERS / hashlib.sha256(owner.encode()).hexdigest()[:32] / name


@dataclass(frozen=True, slots=True)
class Removal:
    """What came of a removal: the ids that there were no documents of, and how many kept answers had lost something."""

    missing: list[int]
    answers: int


def remove_documents(services: Services, ids: Sequence[int], *, purge: bool = True) -> Removal:
    """Remove documents, and take what kept answers have of them out of these.

    Their files on the user's own disk are left alone. Without `purge`, words of theirs stay in the files of the keyword
    index until `services.indexes.purge()`, which may take a minute for a large library.
    """
    library = services.library
    entries = [entry for entry in library.ledger() if entry.document_id in set(ids)]
    documents = [document for id_ in ids if (document := library.document(id_))]
    answers = _redact_answers_from(services, documents)
    missing = [id_ for id_ in ids if not library.remove(id_)]
    answers += _redact_answers_from(services, documents)
    _delete_uploads(services.settings.library, entries)
    if purge and len(missing) < len(ids):
        purge_indexes(services)
    return Removal(missing, answers)


def forget_sources(services: Services, entries: Sequence[LedgerEntry]) -> None:
    """Forget sources, and remove the document of each as above, unless another source has the same."""
    documents = _left_by_all(services, entries)
    _redact_answers_from(services, documents)
    for entry in entries:
        services.library.forget(entry.source, entry.owner)
    _redact_answers_from(services, documents)
    _delete_uploads(services.settings.library, entries)
    if any(entry.document_id is not None for entry in entries):
        purge_indexes(services)


def redact_answers(services: Services, owner: str, gone: RemovedDocuments) -> int:
    """Take what is gone out of an owner's kept answers; how many had any of it."""
    return services.conversations.rewrite(
        owner, gone.identifiers, lambda records: redact(records, gone, services.analyze)
    )


def _redact_answers_from(services: Services, documents: Sequence[Document]) -> int:
    """The same for documents that go, whoever's they are.

    It is done before they go, since a kill in between must leave no quotes of what is not there any more; and after,
    for answers that were kept meanwhile.
    """
    ids = {document.id for document in documents}
    answers = 0
    for owner in {document.owner for document in documents}:
        staying = [document for document in services.library.documents(owner) if document.id not in ids]
        theirs = [document for document in documents if document.owner == owner]
        answers += redact_answers(services, owner, RemovedDocuments.of(theirs, staying))
    return answers


def _left_by_all(services: Services, entries: Sequence[LedgerEntry]) -> list[Document]:
    """The documents that no other sources have than those of these entries."""
    library = services.library
    leaving = {(entry.source, entry.owner) for entry in entries}
    staying = {entry.document_id for entry in library.ledger() if (entry.source, entry.owner) not in leaving}
    ids = {entry.document_id for entry in entries if entry.document_id is not None} - staying
    return [document for id_ in sorted(ids) if (document := library.document(id_))]


def purge_indexes(services: Services, progress: Progress = no_progress) -> None:
    """Take what was removed or replaced out of the files of the indexes, if there are any."""
    if services.library.dimension:  # nothing was ever embedded otherwise
        services.indexes.purge(progress)


def purge_in_background(services: Services) -> None:
    """The same in a thread; if it fails or the program ends meanwhile, the next removal does it."""

    def work() -> None:
        try:
            purge_indexes(services)
        except (CitewellError, OSError) as error:
            log.warning("the indexes were not purged: %s", error)

    Thread(target=work, name="purge", daemon=True).start()


def _delete_uploads(library: Path, entries: Sequence[LedgerEntry]) -> None:
    for entry in entries:
        if entry.source.startswith(_UPLOAD):
            kept_file(library / UPLOADS, entry.owner, entry.source.removeprefix(_UPLOAD)).unlink(missing_ok=True)
