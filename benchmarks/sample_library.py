"""A library of the sample documents, and questions about them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import SAMPLES
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings

EXAMPLES = (
    "How is the word Debian pronounced, and where does the name come from?",
    "What will Debian never make the system require?",
    "How long is the term of office of the Project Secretary?",
)
"""Questions of fact that the README has, too."""

README_QUESTIONS = (
    *EXAMPLES,
    "What are the powers of the Technical Committee?",
    "Summarise the Debian Social Contract.",
)
"""Those that the README has, in its order."""

QUESTIONS = (
    *EXAMPLES,
    "How do I upgrade Debian to a new release?",
    "How are bugs handled?",
    "What is the difference between the stable and the testing distribution?",
)


@contextmanager
def sample_library(**settings: Any) -> Iterator[Services]:
    """Ingest the sample documents into a temporary library, and yield services over it with these settings."""
    with (
        TemporaryDirectory() as folder,
        Services(load_settings(library=Path(folder) / "library", **settings)) as services,
    ):
        list(open_ingestor(services).ingest([str(SAMPLES)]))
        yield services
