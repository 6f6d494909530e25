"""The names of what lies in a library's folder."""

from pathlib import Path

from rag.runtime.audit_log import AUDIT_LOG
from rag.stores.database import DATABASE

UPLOADS = "files"
"""Folder for uploaded files."""

INCOMING = "incoming"
"""Folder within `UPLOADS` for files still being received."""

ACCEPTED = "accepted"
"""Folder for files that were accepted and are not ingested yet."""

PAGES = "web_pages"
"""Folder for archived copies of web pages."""

COPIES = "file_copies"
"""Folder for copies of files that were asked for, where servers share them in S3."""

FOLLOWED = "watched_folders.json"
"""The list of the folders that are followed."""

SHARES = "shares.sqlite"
KEYS = "api_keys.sqlite"
LAST_BACKUP = "last_backup"
"""An empty file, which is as old as the last backup."""

DENSE = "dense"
KEYWORD = "keyword"
FRESH_KEYWORD = "keyword.fresh"
OLD_KEYWORD = "keyword.old"
INDEXES_LOCK = "indexes.lock"
PURGE_LOCK = "purge.lock"
COPY_LOCK = "copy.lock"

ORIGINALS = (ACCEPTED, UPLOADS, PAGES)
"""Folders of people's files, in the order in which a file goes through them."""

BESIDE = (SHARES, KEYS)
"""Files with shares and keys; where there is a database these are there."""

_INDEXES = (DENSE, KEYWORD, FRESH_KEYWORD)
_EXACTLY = {
    *(*ORIGINALS, COPIES, FOLLOWED, LAST_BACKUP, INDEXES_LOCK, PURGE_LOCK, COPY_LOCK),
    *(*_INDEXES, OLD_KEYWORD, f"{DENSE}.faiss"),
    *(f"{index}.json" for index in _INDEXES),
}
_BEGINNINGS = (DATABASE, *BESIDE, AUDIT_LOG)
"""SQLite puts files with longer names beside its own, and the audit log has earlier parts."""


def is_library(folder: Path) -> bool:
    """Return True for a library's own folder; one whose database is PostgreSQL's has an audit log only."""
    return (folder / DATABASE).is_file() or (folder / AUDIT_LOG).is_file()


def is_of_library(name: str) -> bool:
    """Return True for the name of a file or folder that a library has in its own folder."""
    return name in _EXACTLY or name.startswith(_BEGINNINGS)
