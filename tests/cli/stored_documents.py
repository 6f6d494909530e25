"""Documents put straight into the library that a command will open: no file is read, and no model is loaded."""

from contextlib import closing
from pathlib import Path
from typing import Any

from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewDocument, Page
from tests.support.stored_texts import put

TEXT = Page(number=1, label="1", text="text")


def new_document(name: str, **changes: Any) -> NewDocument:
    usual: dict[str, Any] = {"source": f"/{name}", "sha256": f"sha of {name}", "recipe": "recipe", "size": 1}
    return NewDocument(name=name, **usual | changes)


def store(folder: Path, document: NewDocument, *pages: Page) -> None:
    with closing(SqliteLibrary(folder, embedder="minilm")) as library:
        put(library, Content(document, pages or (TEXT,), ()))
