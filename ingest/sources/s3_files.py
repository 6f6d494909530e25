"""Files kept in S3-compatible storage, which all servers of a database ask, by fsspec and s3fs.

Its failures become sentences that say what to do: no credentials are in them, and no names of files.
"""

import errno
import os
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import fsspec
from aiohttp import ClientError as ConnectionFailure
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)

from ingest.sources.file_copies import FileCopies
from rag.errors import ChangedFileError, StorageError
from rag.settings import S3_ADDRESS
from rag.stores.library_folder import COPIES

_CONNECT_S, _ANSWER_S, _TRIES = 5, 20, 3
_PART_BYTES = 8 * 2**20
_ESCAPED = re.compile(r"""[\x00-\x1f\x7f"#%*<>?\[\\\]^`{|}\ud800-\udfff]""")
"""What a name may have in it that s3fs, or a server, takes for something else: `?versionId=` for instance."""

_FAILURES = (OSError, BotoCoreError, ConnectionFailure, ValueError)
_SENT = {"ContentType": "application/octet-stream"}
_CREDENTIALS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws, where Citewell runs"
_USER_IN_ADDRESS = re.compile(r"//[^/@]*@")


class S3Files:
    """The files at an address, `s3://BUCKET/PREFIX`. `folder` is this server's own.

    Credentials, region and endpoint come from AWS's environment and files. Nothing is asked before the first call.
    """

    def __init__(self, address: str, folder: Path) -> None:
        found = S3_ADDRESS.fullmatch(address)
        assert found  # noqa: S101  the settings have no other
        self.folder = folder
        self._root = found[1]
        self.label = f"s3://{self._root}"
        self._copies = FileCopies(folder / COPIES)
        self._storage = _connected()

    def require_reachable(self) -> None:
        """Write a small file, and delete it.

        Raises:
            StorageError: that cannot be done.
        """
        probe = f"{self._root}/citewell-probe-{token_hex(8)}"
        self._call("pipe_file", probe, b"")
        self._call("find", probe)
        self._call("rm_file", probe)

    def put(self, key: str, file: Path) -> None:
        """Store a file in place of an earlier one, whole or not at all, and delete it here."""
        self._call("put_file", str(file), self._at(key), chunksize=_PART_BYTES, max_concurrency=2, **_SENT)
        file.unlink()

    def read(self, key: str) -> bytes:
        """Return the content of a small file.

        Raises:
            FileNotFoundError: there is none.
        """
        return bytes(self._call("cat_file", self._at(key)))

    def local(self, key: str, sha256: str) -> Path:
        """Return a copy of a file, fetched unless it is here, which can be read for the next minutes.

        `sha256` is the hash that its content has, or at least 32 characters of it; "" if that is not known.

        Raises:
            FileNotFoundError: there is none.
            ChangedFileError: it is not what was stored.
        """
        name = PurePosixPath(key).name

        def fetch(target: Path) -> None:
            target.touch(mode=0o600)
            self._call("get_file", self._at(key), str(target), max_concurrency=1)

        try:
            return self._copies.get(name, sha256, fetch)
        except ChangedFileError as error:
            raise ChangedFileError(
                f"The file '{name}' in the storage is not the one that was put there: its content has changed. Put it "
                "back from a backup, or add it again."
            ) from error

    def exists(self, key: str) -> bool:
        """Return whether there is a file of this key."""
        with suppress(FileNotFoundError):
            return bool(self._call("info", self._at(key))["type"] == "file")
        return False

    def move(self, source: str, target: str) -> None:
        """Copy a file in the storage, over an earlier one, then delete it under its old key.

        Raises:
            FileNotFoundError: there is none.
        """
        self._call("cp_file", self._at(source), self._at(target))
        self.delete(source)

    def delete(self, key: str) -> None:
        """Delete a file, if there is one."""
        with suppress(FileNotFoundError):
            self._call("rm_file", self._at(key))

    def clear(self, folder: str, keeping: Collection[str] = ()) -> None:
        """Delete the files of a folder but those of these names."""
        kept = {self._at(f"{folder}/{name}") for name in keeping}
        for path in self._call("find", self._at(folder)):
            if path not in kept:
                with suppress(FileNotFoundError):
                    self._call("rm_file", path)

    def folders(self, folder: str) -> dict[str, float]:
        """Return the names of the folders in a folder, each with the time of its last change."""
        within = f"{self._at(folder)}/"
        found: dict[str, float] = {}
        for path, info in self._call("find", within, detail=True).items():
            name, slash, _ = path.removeprefix(within).partition("/")
            if slash:
                found[name] = max(found.get(name, 0.0), info["LastModified"].timestamp())
        return found

    def _at(self, key: str) -> str:
        """Return the path of a key as fsspec takes it. Whatever is in the key, it is below our prefix."""
        names = key.split("/")
        if not {"", ".", ".."}.isdisjoint(names):
            raise _missing(key)
        return "/".join((self._root, *map(_escaped, names)))

    def _call(self, name: str, path: str, *arguments: Any, **options: Any) -> Any:
        call: Callable[..., Any] = getattr(self._storage, name)
        try:
            return call(path, *arguments, **options)
        except FileNotFoundError as error:
            if code_of(error) == "NoSuchBucket":
                raise explained(error, self.label) from error
            raise _missing(path) from error
        except _FAILURES as error:
            raise explained(error, self.label) from error


def _connected() -> Any:
    """Return fsspec's file system, with bounds on how long a call may take, and without what it remembers of folders.

    Checksums of Amazon's own are left out: other servers do not know them, and a copy's hash is compared anyway.
    """
    storage = fsspec.filesystem(
        "s3",
        skip_instance_cache=True,
        use_listings_cache=False,
        config_kwargs={
            "connect_timeout": _CONNECT_S,
            "read_timeout": _ANSWER_S,
            "retries": {"mode": "standard", "max_attempts": _TRIES},
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
    )
    storage.retries = 1  # botocore's are bounded above; these would multiply them
    return storage


def _escaped(name: str) -> str:
    return _ESCAPED.sub(lambda found: quote(found[0], safe="", errors="surrogatepass"), name)


def _missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def explained(error: Exception, label: str) -> StorageError:
    """Return what a failed call means for the storage of this label."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        return StorageError(f"There are no credentials for the storage {label}. {_CREDENTIALS}.")
    if isinstance(error, PermissionError):
        return StorageError(
            f"The storage {label} refuses the credentials ({code_of(error) or 'access denied'}). {_CREDENTIALS}, and "
            "let them list, read, write and delete there."
        )
    if code_of(error) == "NoSuchBucket":
        bucket = label.removeprefix("s3://").partition("/")[0]
        return StorageError(
            f"The storage{_endpoint()} has no bucket '{bucket}'. Make it, or correct the setting 'shared_folder'."
        )
    return StorageError(
        f"The storage {label} cannot be reached{_endpoint()}: {_reason(error)}. Start it, or correct AWS_ENDPOINT_URL; "
        "Citewell goes on by itself once it answers."
    )


def code_of(error: BaseException) -> str:
    """Return the code of the answer that a failure stands for; "" if there was no answer."""
    cause = error if isinstance(error, ClientError) else error.__cause__
    return str(cause.response.get("Error", {}).get("Code", "")) if isinstance(cause, ClientError) else ""


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError | TimeoutError):
        return "it does not answer in time"
    if isinstance(error, EndpointConnectionError):
        return "nothing answers there"
    if isinstance(error, ConnectionClosedError):
        return "it has cut the connection"
    code = code_of(error)
    return f"it answers '{code}'" if code else type(error).__name__


def _endpoint() -> str:
    address = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    return f" at {_USER_IN_ADDRESS.sub('//', address)}" if address else ""
