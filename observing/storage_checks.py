"""Check where servers keep the files that they share: a small one is written, and deleted."""

import os
from pathlib import Path

from ingest.sources.file_store import original_files
from ingest.sources.files import exists, is_deleted, is_folder
from observing.finding import Finding
from rag.errors import CitewellError
from rag.runtime.shown_path import shown
from rag.settings import Settings


def shared_files(settings: Settings) -> Finding:
    """Return whether the shared folder or storage can be reached and written."""
    if isinstance(settings.shared_folder, Path):
        return _folder(settings.shared_folder)
    try:
        original_files(settings).require_reachable()
    except CitewellError as error:
        sentence, _, advice = str(error).partition(". ")
        return Finding("shared files", "fault", sentence, advice)
    return Finding("shared files", "fine", f"{settings.file_storage} can be read and written")


def _folder(folder: Path) -> Finding:
    if is_deleted(folder.absolute()) or (exists(folder) and not is_folder(folder)):
        text = f"The shared folder {shown(folder)} is not there."
        return Finding("shared files", "fault", text, "Mount it, or correct the setting 'shared_folder'.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        text = f"The shared folder {shown(folder)} cannot be read and written."
        return Finding("shared files", "fault", text, "Give the user that runs Citewell the right to do so.")
    return Finding("shared files", "fine", f"{shown(folder)} can be read and written")
