"""Documents, their pages and chunks, the ledger of their sources, and passages found in them."""

from dataclasses import dataclass, field
from typing import Literal

UNIT_LABELS = ("lines", "rows", "part", "section", "slide", "sheet", "chapter", "message", "image")
"""First words of labels that are not printed page numbers, but places in a file without pages: "slide 3"."""

PageState = Literal["ready", "empty", "ocr", "failed"]
"""State of a page: it has text, it has none, its text was recognised by OCR, or it cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a document, or its natural unit where it has no pages.

    `number` counts from 1. `label` is the printed page number ("iv", "12"), else the number; or the unit's name
    ("slide 3", "lines 1–420"), or "" if the document is one piece. `text` never changes once stored: every offset in
    Citewell counts characters (code points) of it. `note` tells people why the page is empty or failed, or what was
    left out. `total` is the number of pages being read, where the file states it beforehand, and `head` is the running
    head left out of the text, which says what the page belongs to; neither is stored.
    """

    number: int
    label: str
    text: str
    state: PageState = "ready"
    note: str = ""
    total: int = field(default=0, compare=False)
    head: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PageRecord:
    """The ledger entry of one page: its state, why, and its number of characters."""

    number: int
    label: str
    state: PageState
    note: str
    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document in the library. `source` identifies it (a path, or `upload:NAME`); `name` is shown to people.

    `collection` is "" if it is in none, `owner` is "" where there are no accounts. `also` are the names of further
    sources with the same content, which is stored once.
    """

    id: int
    name: str
    source: str
    sha256: str
    recipe: str
    size: int
    pages: int
    chunks: int
    added_at: str
    collection: str = ""
    owner: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document before it is stored. `size` is in bytes; `recipe` identifies how it was read and chunked.

    A `collection` of None leaves a stored document where it is, and a new one in none. An empty `sha256` is unknown and
    equals no other. `note` goes into the ledger.
    """

    name: str
    source: str
    sha256: str
    recipe: str
    size: int
    collection: str | None = None
    owner: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk before it is stored: characters `[start, end)` of page `page`, under `heading` ("" if none)."""

    page: int
    start: int
    end: int
    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A document read and chunked, ready to be embedded and stored."""

    document: NewDocument
    pages: tuple[Page, ...]
    chunks: tuple[NewChunk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A stored chunk. `document` is the document's name; `text == page.text[start:end]`."""

    id: int
    document_id: int
    document: str
    page: int
    page_label: str
    start: int
    end: int
    text: str
    heading: str

    @property
    def is_paged(self) -> bool:
        """True if its document has printed pages; a text file is one page, or parts labelled by lines."""
        return bool(self.page_label) and not self.page_label.startswith(UNIT_LABELS)


LedgerState = Literal["reading", "ready", "failed"]
"""State of a source: being read (or its run was killed meanwhile), in the library, or not ingested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """The state of a source, whether it was ingested or not.

    `reason` says why it failed; `note` tells people something about it otherwise. `document_id` is the document stored
    for it: the old one if a new version failed, None if there is none. `at` is the time of the last change of state.
    """

    source: str
    owner: str
    name: str
    state: LedgerState
    reason: str
    note: str
    sha256: str
    size: int
    at: str
    document_id: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open character range `[start, end)` of some text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk. Higher scores are better, and comparable within one query only."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A passage that was retrieved but is not in the prompt, and why."""

    passage: Passage
    reason: str
