"""Check a library in PostgreSQL, a Milvus that searches it, and where servers share files: whether each can be used.

Nothing is written but a small file to shared storage, which is deleted.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.sources.file_store import original_files
from ingest.sources.files import exists, is_deleted, is_folder
from observing.finding import Finding
from observing.library_checks import LibraryCheckup
from rag.errors import CitewellError
from rag.runtime.shown_path import shown
from rag.settings import Settings
from rag.stores.library_folder import BESIDE
from rag.stores.open_stores import needing_milvus, needing_postgres

if TYPE_CHECKING:
    from rag.stores.postgres.database_state import DatabaseState


def library(address: str) -> LibraryCheckup:
    """Return whether the database of an address can be used, and what is in it."""
    try:
        with needing_postgres():
            from rag.stores.postgres.connections import Connections
            from rag.stores.postgres.database_state import read_state
        with closing(Connections(address)) as connections:
            return LibraryCheckup((_finding(read_state(connections), connections.label),))
    except CitewellError as error:
        return LibraryCheckup((_fault("library", error),))


def milvus(address: str) -> Finding:
    """Return whether the Milvus of an address can search."""
    try:
        with needing_milvus():
            from rag.stores.milvus.milvus_server import MilvusServer
        with closing(MilvusServer(address)) as server:
            return Finding("search", "fine", f"{server.label}: Milvus {server.version()}")
    except CitewellError as error:
        return _fault("search", error)


def left_in_files(settings: Settings) -> Iterator[Finding]:
    """Yield what belongs into the database that is set, and is still in files, which no server would start with."""
    left = [settings.auth_file] if settings.auth_file else []
    left += [path for path in (settings.library / name for name in BESIDE) if path.is_file()]
    if left:
        text = f"Users, keys or shares are still in files: {', '.join(map(shown, left))}."
        yield Finding("users", "fault", text, "citewell users import; then take 'auth_file' out of the settings")


def shared_files(settings: Settings) -> Finding:
    """Return whether the shared folder or storage can be reached and written."""
    if isinstance(settings.shared_folder, Path):
        return _shared_folder(settings.shared_folder)
    try:
        original_files(settings).require_reachable()
    except CitewellError as error:
        return _fault("shared files", error)
    return Finding("shared files", "fine", f"{settings.file_storage} can be read and written")


def _shared_folder(folder: Path) -> Finding:
    if is_deleted(folder.absolute()) or (exists(folder) and not is_folder(folder)):
        text = f"The shared folder {shown(folder)} is not there."
        return Finding("shared files", "fault", text, "Mount it, or correct the setting 'shared_folder'.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        text = f"The shared folder {shown(folder)} cannot be read and written."
        return Finding("shared files", "fault", text, "Give the user that runs Citewell the right to do so.")
    return Finding("shared files", "fine", f"{shown(folder)} can be read and written")


def _fault(about: str, error: CitewellError) -> Finding:
    sentence, _, advice = str(error).partition(". ")
    return Finding(about, "fault", sentence, advice or "Correct the setting.")


def _finding(state: "DatabaseState", label: str) -> Finding:
    server = f"{label}: PostgreSQL {state.server}, pgvector {state.pgvector or 'not in the database'}"
    if state.is_new:
        return Finding("library", "fine", f"{server}; no library yet", "citewell ingest PATH, or upload a document")
    if state.is_newer:
        return Finding("library", "fault", f"{server}; its tables are of a newer Citewell.", "Upgrade Citewell.")
    if state.is_older:
        advice = "Back it up first (pg_dump): older versions cannot open it afterwards."
        return Finding("library", "attention", f"{server}; its tables are migrated when it is next opened.", advice)
    counts = f"{state.documents:,} documents, {state.chunks:,} chunks, {state.conversations:,} conversations"
    counts += f", {state.accounts:,} users, {state.keys:,} keys"
    return Finding("library", "fine", f"{server}; {counts}")
