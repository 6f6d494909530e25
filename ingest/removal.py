"""Removes documents with all that belongs to them: rows, vectors, both indexes, and the uploaded files."""

import hashlib
import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from threading import Thread

from ingest.prepare import Progress, no_progress
from rag.errors import CitewellError
from rag.factory import Services
from rag.types import LedgerEntry

log = logging.getLogger(__name__)

UPLOADS = "files"
"""Folder in the library for uploaded files."""

_UPLOAD = "upload:"


def kept_file(folder: Path, owner: str, name: str) -> Path:
    """Where an owner's uploaded file of this name is kept in the folder for these."""
    if owner:  # a user's name is no folder's name: it may have any sign in it
        folder = folder / "users" / hashlib.sha256(owner.encode()).hexdigest()[:32]
    return folder / name


def remove_documents(services: Services, ids: Sequence[int], *, purge: bool = True) -> list[int]:
    """Remove documents, and tell which ids there were none of.

    Their files on the user's own disk are left alone. Without `purge`, words of theirs stay in the files of the keyword
    index until `services.indexes.purge()`, which may take a minute for a large library.
    """
    library = services.library
    entries = [entry for entry in library.ledger() if entry.document_id in set(ids)]
    missing = [id_ for id_ in ids if not library.remove(id_)]
    _delete_uploads(services.settings.library, entries)
    if purge and len(missing) < len(ids):
        purge_indexes(services)
    return missing


def forget_sources(services: Services, entries: Sequence[LedgerEntry]) -> None:
    """Forget sources, and remove the document of each unless another source has the same."""
    for entry in entries:
        services.library.forget(entry.source, entry.owner)
    _delete_uploads(services.settings.library, entries)
    if any(entry.document_id is not None for entry in entries):
        purge_indexes(services)


def purge_indexes(services: Services, progress: Progress = no_progress) -> None:
    """Take what was removed or replaced out of the files of the indexes, if there are any."""
    if services.library.dimension:  # nothing was ever embedded otherwise
        services.indexes.purge(partial(progress, "taking old versions out of the index"))


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
