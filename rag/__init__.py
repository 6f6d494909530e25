"""Answer questions from a library of documents, and tie every sentence of an answer to its source.

These are the public names; the README shows them in use. Each is imported when it is first used: commands that load no
model and the processes that read documents import this package too, and must start fast and stay small.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "AccessError",
    "Answer",
    "AskOptions",
    "Assistant",
    "BusyError",
    "ChangedFileError",
    "Citation",
    "Cited",
    "CitewellError",
    "ClusterError",
    "ConflictError",
    "Decoding",
    "Document",
    "DocumentError",
    "DocumentFacts",
    "Event",
    "ExportError",
    "LibraryError",
    "LockedError",
    "ModelError",
    "Passage",
    "PromptRead",
    "QuestionError",
    "Retrieved",
    "Sentence",
    "ServerError",
    "Services",
    "Settings",
    "SettingsError",
    "StorageError",
    "Thought",
    "Token",
    "ToolCalled",
    "Turn",
    "load_settings",
    "select",
]

# Nothing calls home: every part of Citewell imports this before a library that would.
os.environ.update({"DO_NOT_TRACK": "1", "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1"})

if TYPE_CHECKING:
    from rag.answering.ask_options import AskOptions
    from rag.assistant import Assistant
    from rag.errors import (
        AccessError,
        BusyError,
        ChangedFileError,
        CitewellError,
        ClusterError,
        ConflictError,
        DocumentError,
        ExportError,
        LibraryError,
        LockedError,
        ModelError,
        QuestionError,
        ServerError,
        SettingsError,
        StorageError,
    )
    from rag.retrieval.document_filter import select
    from rag.services import Services
    from rag.settings import Settings, load_settings
    from rag.types import (
        Answer,
        Citation,
        Cited,
        Document,
        DocumentFacts,
        Event,
        Passage,
        PromptRead,
        Retrieved,
        Sentence,
        Thought,
        Token,
        ToolCalled,
        Turn,
    )
    from rag.types.decoding import Decoding
else:
    _MODULES = ("errors", "types", "types.decoding", "settings", "retrieval.document_filter", "assistant", "services")

    def __getattr__(name: str) -> object:
        """Import a public name from the first of the modules that has it, light ones first."""
        if name in __all__:
            for module in _MODULES:
                found = getattr(import_module(f"{__name__}.{module}"), name, None)
                if found is not None:
                    return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
