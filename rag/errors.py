"""All errors that Citewell raises on purpose, in one tree.

    CitewellError
    ├── SettingsError     a setting that is unknown or out of range
    ├── ModelError        a model that cannot be found, fetched, verified or loaded
    │   └── ServerError   a model's server that cannot be reached, or does not answer as it should
    ├── LibraryError      a library that cannot be opened or written
    │   └── StorageError  the storage of uploaded files cannot be reached, or used
    │       └── ChangedFileError   a file in it is not what was stored
    ├── DocumentError     a document that cannot be read; ingestion continues with the others
    │   └── LockedError   an encrypted document that its password would open
    ├── ClusterError      a Ray cluster that cannot be joined, or does not do its work
    ├── ExportError       a file that is not an exported answer, or a damaged one
    ├── QuestionError     a question that cannot be asked as it is
    ├── AccessError       something that is not this user's
    ├── ConflictError     something that was changed meanwhile, in another tab or program
    └── BusyError         too many questions at once

The message is one or two sentences for a person: what is wrong, and what to do next. The faces print it and nothing
else; a traceback is for `--debug`.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class CitewellError(Exception):
    """Base of all errors that a user can do something about."""


class SettingsError(CitewellError):
    """A setting is unknown, or its value is out of range."""


class ModelError(CitewellError):
    """A model cannot be found, fetched, verified or loaded."""


class ServerError(ModelError):
    """A model's server cannot be reached, or does not answer as it should."""


class LibraryError(CitewellError):
    """The library cannot be opened or written."""


class StorageError(LibraryError):
    """The storage of uploaded files cannot be reached, or used."""


class ChangedFileError(StorageError):
    """A file in the storage is not what was stored there."""


class DocumentError(CitewellError):
    """A document cannot be read. It `may_pass` if that has to do with something else, which may be better later."""

    may_pass = False


class LockedError(DocumentError):
    """A document is encrypted, and the password is missing or wrong."""


class ClusterError(CitewellError):
    """A Ray cluster cannot be joined, or does not do what it was given."""


class ExportError(CitewellError):
    """A file is not an exported answer, or is damaged."""


class QuestionError(CitewellError):
    """A question is empty, too long or not allowed, or there is nothing to ask yet."""


class AccessError(CitewellError):
    """The request is for something that is not this user's, or nobody is signed in."""


class ConflictError(CitewellError):
    """Something was changed meanwhile, in another tab or program."""


class BusyError(CitewellError):
    """Too many questions are waiting for the model, or one of the same conversation already is."""


@contextmanager
def needing_extra(extra: str, what: str, *packages: str, rest: str = "") -> Iterator[None]:
    """Turn a failed import of one of these packages, or of any, into an error that says how to install the extra.

    `what` is the sentence before, with "{}" for the package's name; `rest` ends the one that says how.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if packages and (error.name or "").partition(".")[0] not in packages:
            raise
        raise SettingsError(
            f"{what.format(error.name)} Run 'pip install --editable \".[{extra}]\"' in Citewell's folder{rest}."
        ) from error
