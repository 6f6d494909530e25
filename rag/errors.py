"""All errors that Citewell raises on purpose, in one tree.

    CitewellError
    ├── SettingsError     a setting that is unknown or out of range
    ├── ModelError        a model that cannot be found, fetched, verified or loaded
    │   └── ServerError   a model's server that cannot be reached, or does not answer as it should
    ├── LibraryError      a library that cannot be opened or written
    ├── DocumentError     a document that cannot be read; ingestion continues with the others
    │   └── LockedError   an encrypted document that its password would open
    ├── ExportError       a file that is not an exported answer, or a damaged one
    ├── QuestionError     a question that cannot be asked as it is
    ├── AccessError       something that is not this user's
    └── BusyError         too many questions at once

The message is one or two sentences for a person: what is wrong, and what to do next. The faces print it and nothing
else; a traceback is for `--debug`.
"""


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


class DocumentError(CitewellError):
    """A document cannot be read."""


class LockedError(DocumentError):
    """A document is encrypted, and the password is missing or wrong."""


class ExportError(CitewellError):
    """A file is not an exported answer, or is damaged."""


class QuestionError(CitewellError):
    """A question is empty, too long or not allowed, or there is nothing to ask yet."""


class AccessError(CitewellError):
    """The request is for something that is not this user's, or nobody is signed in."""


class BusyError(CitewellError):
    """Too many questions are waiting for the model, or one of the same conversation already is."""
