"""Queue files of this machine, folders of them and web pages, behind whatever people send."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from ingest.removal import stored_name
from ingest.sources.discover import discover
from ingest.sources.files import explain
from ingest.sources.web_address import canonical, is_web_address, without_password
from rag.errors import DocumentError
from rag.types.jobs import BULK_PRIORITY
from serving.shared_uploads import SharedUploads
from serving.upload_progress import MAX_NAME_BYTES


def add_all(
    uploads: SharedUploads, paths: Sequence[str], *, owner: str, collection: str | None
) -> Iterator[tuple[str, str]]:
    """Queue all that the paths name, files as copies; yield the name of each, and why it was not queued, or "".

    A file of a folder is named by its path from there, as if the folder had been dropped on the app.
    """
    for given in paths:
        if is_web_address(given):
            yield without_password(given), _add_page(uploads, given, owner)
            continue
        base = Path(given).expanduser().absolute().parent
        for path in discover([given]):
            name = path.absolute().relative_to(base).as_posix() if path.absolute().is_relative_to(base) else path.name
            yield name, _add_file(uploads, path, name, owner, collection)


def _add_page(uploads: SharedUploads, address: str, owner: str) -> str:
    try:
        uploads.add_page(owner, canonical(address), priority=BULK_PRIORITY)
    except DocumentError as error:
        return str(error)
    return ""


def _add_file(uploads: SharedUploads, path: Path, name: str, owner: str, collection: str | None) -> str:
    if len(stored_name(name).encode()) > MAX_NAME_BYTES:
        return "its path from the folder named is too long: name a folder further down"
    with NamedTemporaryFile(dir=uploads.incoming(), delete=False) as copy:
        target = Path(copy.name)
    try:
        shutil.copyfile(path, target)
        added = uploads.add(owner, name, target, collection=collection, priority=BULK_PRIORITY)
    except OSError as error:
        return explain(error)
    finally:
        target.unlink(missing_ok=True)
    return added.text if added.state == "failed" else ""
