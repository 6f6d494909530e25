"""Decrypt Office files with their password."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

from rag.errors import DocumentError, LockedError

_LOCKED = "the file is encrypted; give its password (at the shell with --password)"
_WRONG = "the file is encrypted, and the password given does not open it"


@contextmanager
def decrypted(path: Path, password: str | None) -> Iterator[Path]:
    """Decrypt a file into a temporary one that only this user can read and that is deleted afterwards.

    Raises:
        LockedError: there is no password, or it is wrong.
        DocumentError: the encryption is not supported.
    """
    if password is None:
        raise LockedError(_LOCKED)
    clear = io.BytesIO()
    try:
        with path.open("rb") as stream:
            office = msoffcrypto.OfficeFile(stream)
            office.load_key(password=password)
            office.decrypt(clear)
    except (InvalidKeyError, DecryptionError) as error:
        raise LockedError(_WRONG) from error
    except FileFormatError as error:
        raise DocumentError("the file is encrypted in a way that is not read; save it without a password") from error
    temporary = NamedTemporaryFile(suffix=path.suffix, delete=False)  # noqa: SIM115  Windows opens it only when closed
    try:
        with temporary:
            temporary.write(clear.getbuffer())
        yield Path(temporary.name)
    finally:
        os.unlink(temporary.name)  # noqa: PTH108


def is_encrypted(path: Path) -> bool:
    """Return True if an Office file needs a password."""
    with path.open("rb") as stream:
        try:
            return bool(msoffcrypto.OfficeFile(stream).is_encrypted())
        except (FileFormatError, OSError, ValueError, KeyError, IndexError):
            return False
