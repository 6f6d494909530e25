"""Look into the folders that models are kept in, and lock them: they may be somebody else's, only readable, or full."""

import errno
import stat
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock
from safetensors import SafetensorError

from rag.errors import ModelError


def has_file(path: Path) -> bool:
    """Return True if there is such a file.

    Raises:
        ModelError: a folder on the way to it may not be searched.
    """
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except PermissionError as error:
        raise ModelError(
            f"{path.parent} cannot be read: permission denied. Give the user that runs Citewell the right to read it, "
            "or point CITEWELL_MODELS at another folder."
        ) from error
    except OSError:
        return False


def hold_lock(folder: Path, name: str) -> AcquireReturnProxy:
    """Make a folder where it is missing, and wait for its lock, to be held by `with`.

    Raises:
        ModelError: it cannot be made, or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / name).acquire()
    except OSError as error:
        raise not_writable(folder, error) from error


def not_writable(folder: Path, error: OSError) -> ModelError:
    """Return the error for a folder that files cannot be written to."""
    return ModelError(
        f"{folder} cannot be written: {(error.strerror or str(error)).lower()}. Give the user that runs Citewell the "
        "right to write there, or point CITEWELL_MODELS at another folder."
    )


def is_disk_full(error: BaseException) -> bool:
    """Return True if an error means that the disk is full."""
    if isinstance(error, SafetensorError):  # of the library that writes weights, and no OSError
        return f"(os error {errno.ENOSPC})" in str(error)
    return isinstance(error, OSError) and error.errno == errno.ENOSPC
