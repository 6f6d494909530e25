"""Everything Citewell raises on purpose, in one small tree.

    CitewellError
    ├── SettingsError     a setting that is unknown, or has a value it cannot have
    ├── ModelError        a model that cannot be found, fetched, verified or loaded
    ├── LibraryError      a library that cannot be opened or written
    ├── DocumentError     one document that cannot be read; the others go on
    │   └── LockedError   an encrypted one that its password would open
    ├── ExportError       a file that is not an exported answer, or cannot be read as one
    ├── QuestionError     a question that cannot be asked as it stands
    ├── AccessError       something that is not this user's
    └── BusyError         too many are asking at once

The message is one or two sentences for a person: what is wrong, and what to do next. The faces (CLI, web)
print it and nothing else; a traceback is for `--debug`.
"""


class CitewellError(Exception):
    """Base of all errors a user can do something about."""


class SettingsError(CitewellError):
    """A setting is unknown, or its value is out of range."""


class ModelError(CitewellError):
    """A model cannot be found, fetched, verified or loaded."""


class LibraryError(CitewellError):
    """The library cannot be opened, or refuses a write."""


class DocumentError(CitewellError):
    """One document cannot be read."""


class LockedError(DocumentError):
    """One document is encrypted, and there is no password, or not the right one."""


class ExportError(CitewellError):
    """A file is not an exported answer, or cannot be read as one."""


class QuestionError(CitewellError):
    """A question is empty, too long or not allowed, or there is nothing to ask yet."""


class AccessError(CitewellError):
    """What was asked for is not this user's, or nobody is signed in."""


class BusyError(CitewellError):
    """Too many questions are waiting for the model, or one of the same conversation is."""
