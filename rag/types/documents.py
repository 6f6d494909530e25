"""Documents, their pages and chunks, the ledger of their sources, and passages found in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag.types.structure import NO_STRUCTURE, Structure

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
    left out. `structure` points into the text. Not stored are `total`, the number of pages being read where the file
    states it beforehand; `head`, the running head left out of the text, which says what the page belongs to; and
    `metadata`, what the file says of itself (title, author, organisation, date), on its first page only.
    """

    number: int
    label: str
    text: str
    state: PageState = "ready"
    note: str = ""
    structure: Structure = NO_STRUCTURE
    total: int = field(default=0, compare=False)
    head: str = field(default="", compare=False)
    metadata: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class PageRecord:
    """The ledger entry of one page: its state, why, and its number of characters."""

    number: int
    label: str
    state: PageState
    note: str
    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """Title, organisation, period and kind of a document: "" where nothing says so.

    `period` is what it is about as people name it ("2018", "Q2 2019"), `date` is when it was written (ISO 8601),
    `language` an ISO 639-1 code, and `address` the URL it was fetched from.
    """

    title: str = ""
    organisation: str = ""
    authors: str = ""
    date: str = ""
    period: str = ""
    kind: str = ""
    language: str = ""
    address: str = ""


NO_FACTS = DocumentFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document in the library. `source` identifies it (a path, or `upload:NAME`); `name` is shown to people.

    `collection` is "" if it is in none, `owner` is "" where there are no accounts. `also` are the names of further
    sources with the same content, which is stored once. `facts` are those that a person entered, else those found.
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
    facts: DocumentFacts = NO_FACTS
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document before it is stored. `size` is in bytes; `recipe` identifies how it was read and chunked.

    A `collection` of None leaves a stored document where it is, and a new one in none. An empty `sha256` is unknown and
    equals no other. `facts` are those that were found; `title` is the context of its chunks in the search, which has
    those that a person entered. `note` goes into the ledger.
    """

    name: str
    source: str
    sha256: str
    recipe: str
    size: int
    collection: str | None = None
    owner: str = ""
    facts: DocumentFacts = NO_FACTS
    title: str = ""
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
    """A stored chunk. `document` is the document's name; `text == page.text[start:end]`.

    `heading` is the path of headings above it, `title` the document's name and facts as the search has them, and `line`
    the number of its first line in the file, 0 if that has no lines. `page_head` are the first lines of its page.
    """

    id: int
    document_id: int
    document: str
    page: int
    page_label: str
    start: int
    end: int
    text: str
    heading: str
    title: str = ""
    line: int = 0
    page_head: str = field(default="", compare=False)

    @property
    def is_paged(self) -> bool:
        """True if its document has printed pages; a text file is one page, or parts labelled by lines."""
        return bool(self.page_label) and not self.page_label.startswith(UNIT_LABELS)

    def spans(self, other: "Chunk") -> bool:
        """Return whether the other one lies within it: on the same page, and no character beyond."""
        is_on_page = (self.document_id, self.page) == (other.document_id, other.page)
        return is_on_page and self.start <= other.start and other.end <= self.end


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
