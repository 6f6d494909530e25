"""Failures of S3 storage as sentences that say what to do: no credentials are in them, and no names of files."""

import os
import re

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)

from rag.errors import StorageError

_CREDENTIALS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws, where Citewell runs"
_USER_IN_ADDRESS = re.compile(r"//[^/@]*@")


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
