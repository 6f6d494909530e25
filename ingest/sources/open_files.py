"""Choose by the settings where uploaded files and copies of web pages are kept."""

from functools import lru_cache
from pathlib import Path

from ingest.sources.file_store import FileStore
from ingest.sources.folder_files import FolderFiles
from rag.errors import SettingsError
from rag.settings import Settings


def original_files(settings: Settings) -> FileStore:
    """Return where the files are kept; nothing is asked of a storage yet.

    Raises:
        SettingsError: they are in a storage, and the package for it is missing.
    """
    if settings.file_storage is None:
        return FolderFiles(settings.originals)
    return _stored(settings.file_storage, settings.originals)


@lru_cache(8)
def _stored(address: str, folder: Path) -> FileStore:
    """Return the storage of an address; one in a process, so that its connections and copies are shared."""
    try:
        from ingest.sources.s3_files import S3Files
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The setting 'shared_folder' names S3 storage, and the package {error.name} is missing. Install it: "
            "pip install --editable '.[s3]' in Citewell's folder."
        ) from error
    return S3Files(address, folder)
