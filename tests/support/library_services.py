"""Services over a library that a test has opened itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from rag.services import Services
from rag.settings import Settings
from rag.stores.sqlite_library import SqliteLibrary


@contextmanager
def services_over(
    library: SqliteLibrary, folder: Path, *, overviews: Literal["asked", "idle"] = "asked", **parts: Any
) -> Iterator[Services]:
    """Yield services over the library in `folder`. `parts` are there as if they had been asked for."""
    with Services(Settings(library=folder / "library", embedder="words", overviews=overviews)) as services:
        services.__dict__.update(library=library, **parts)
        yield services
