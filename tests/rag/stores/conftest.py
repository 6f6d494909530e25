"""Two places to copy between, in folders or in PostgreSQL, the first with a library of everything."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from rag.runtime.progress import Progress, no_progress
from rag.stores.copy_rounds import Copied, copy_library, open_end
from rag.stores.open_stores import Stores, open_stores
from rag.types import DocumentFacts, Heading, Overview, Page, Structure
from tests.support.fakes import WordEmbedder
from tests.support.values import content

POSTGRES = pytest.mark.postgres


KILLED = """
import os, signal, sys
from rag.stores import copied_parts, copy_rounds
from rag.stores.copy_rounds import open_end
copy_rounds.batches = lambda units: copied_parts.batches(units, rows=4)
def progress(stage, done, total):
    if stage == "copying documents" and done >= 6:
        os.kill(os.getpid(), signal.SIGKILL)
copy_rounds.copy_library(open_end(sys.argv[1]), open_end(sys.argv[2]), progress)
"""


@dataclass(frozen=True)
class Copying:
    """A place to copy from, and one to copy to: folders, or addresses."""

    source: str
    target: str

    def run(self, progress: Progress = no_progress) -> Copied:
        with closing(open_end(self.source)) as source, closing(open_end(self.target)) as target:
            return copy_library(source, target, progress)

    def open(self, named: str) -> Stores:
        is_address = "://" in named
        return open_stores(Path(named), named if is_address else None, "words")


@pytest.fixture(
    params=[
        "folder to folder",
        pytest.param("folder to postgres", marks=POSTGRES),
        pytest.param("postgres to folder", marks=POSTGRES),
        pytest.param("postgres to postgres", marks=POSTGRES),
    ]
)
def copying(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Copying]:
    """Yield two places, the source with a library that has something of everything."""
    source, _, target = request.param.split()
    with ExitStack() as opened:
        address = request.getfixturevalue("postgres_address") if "postgres" in (source, target) else ""
        if source == target == "postgres":
            server = request.getfixturevalue("postgres")
            other = server.address_of(opened.enter_context(server.database()))
        else:
            other = address
        places = Copying(
            address if source == "postgres" else str(tmp_path / "from"),
            other if target == "postgres" else str(tmp_path / "to"),
        )
        with closing(places.open(places.source)) as stores:
            fill(stores)
        yield places


def store(stores: Stores, name: str, text: str, **known: Any) -> int:
    whole = content(name, text, **known)
    return stores.library.replace(whole, WordEmbedder().embed_documents([text])).id


def fill(stores: Stores) -> None:
    library = stores.library
    for number in range(12):
        store(
            stores, f"{number}.txt", f"The osprey of nest {number} eats fish. 🦉 Straße", owner=("", "ann")[number % 2]
        )
    heading = Structure(headings=(Heading(0, 3, 1, "Birches"),))
    rich = content("rich.pdf", "Birches are white.", facts=DocumentFacts(title="Birches"), collection="trees")
    pages = (replace(rich.pages[0], structure=heading), Page(number=2, label="ii", text="", state="empty"))
    id_ = library.replace(replace(rich, pages=pages), WordEmbedder().embed_documents(["Birches are white."])).id
    chunk = library.chunk_ids({id_})
    overview = Overview(document_id=id_, language="en", model="m", record={"text": "Trees."}, made_at="2026-11-27")
    assert library.keep_overview(overview, chunk)
    library.edit_facts(store(stores, "edited.txt", "The falcon"), {"title": "Falcons"})
    library.remove(store(stores, "gone.txt", "The dodo"))
    library.fail(content("broken.pdf", "?").document, "it is damaged")
    assert library.link(replace(content("0.txt", "x").document, source="/copy", sha256=sha_of_first()), 1)
    conversation = stores.conversations.create("ann")
    stores.conversations.add(conversation.id, "ann", {"question": "Straße?", "answer": "Yes.\0"})
    stores.conversations.rate(conversation.id, "ann", 1, "up", "good")
    assert stores.conversations.exclude(conversation.id, "ann", {id_})
    stores.notes.create("ann", "Fees", "20 euros", {"quote": "q"})
    stores.notes.create("ann", "Dates")


def sha_of_first() -> str:
    return content("0.txt", "The osprey of nest 0 eats fish. 🦉 Straße").document.sha256


def told(stores: Stores) -> dict[str, Any]:
    """Return all that the stores say."""
    library, conversations = stores.library, stores.conversations
    documents, ids = library.documents(), library.chunk_ids()
    kept = conversations.conversations(None)
    return {
        "documents": documents,
        "edited": [library.edited_facts(d.source, d.owner) for d in documents],
        "pages": [library.page(d.id, n) for d in documents for n in range(1, d.pages + 1)],
        "overviews": [library.overviews(d.id) for d in documents],
        "chunks": library.chunks(ids),
        "vectors": library.vectors(ids).tolist(),
        "changes": [library.changes(since) for since in range(library.generation)],
        "ledger": library.ledger(),
        "last_removal": library.last_removal,
        "dimension": library.dimension,
        "conversations": [(c, conversations.exchanges(c.id, None)) for c in kept],
        "excluded": [conversations.excluded(c.id, c.owner) for c in kept],
        "notes": stores.notes.notes("ann"),
    }


@pytest.fixture
def folders(tmp_path: Path) -> Copying:
    places = Copying(str(tmp_path / "from"), str(tmp_path / "to"))
    with closing(places.open(places.source)) as stores:
        fill(stores)
    return places
