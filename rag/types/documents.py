"""Documents: their pages, their chunks, what the ledger says of their sources, and passages found in them."""

from dataclasses import dataclass, field
from typing import Literal

UNIT_LABELS = ("lines", "rows", "part", "section", "slide", "sheet", "chapter", "message", "image")
"""How a label begins that is no printed page number, but says where to look in a file without pages: "slide 3"."""

PageState = Literal["ready", "empty", "ocr", "failed"]
"""What became of a page: its text is there; it has none; its text was recognised from its image; it cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a document, or its natural unit where it has no pages.

    `number` counts from 1. `label` is what a person finds printed ("iv", "12"), else the number; or the
    unit's own name ("slide 3", "lines 1–420"), or "" if the document is one piece. `text` is kept
    exactly as stored: every offset in Citewell counts characters (code points) of this string. `note` says what a
    person should know of the page: why it is empty or failed, or what of it was left out. `total` is how many pages
    come, while they are being read, where the file says so beforehand, and `head` is the running head that was left out
    of the text, which says what the page belongs to; neither is stored.
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
    """What the ledger says of one page: its state, why, and how many characters of text it gave."""

    number: int
    label: str
    state: PageState
    note: str
    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document in the library. `source` identifies it (a path, or `upload:NAME`); `name` is shown to people.

    `collection` is the group it belongs to, "" if none. `owner` is whose it is, "" where there are no accounts. `also`
    are the names of further sources with the same content: it is stored once.
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
    """What is known of a document before it is stored. `size` in bytes; `recipe` says how it was read and cut.

    A `collection` of None leaves a stored document where it is, and a new one in none. An empty `sha256` is not known:
    no other document is taken for the same. `note` goes into the ledger.
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
    """A document read and cut, ready to be embedded and stored."""

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
        """Whether its document has pages as printed; a text file is one page, or parts labelled by lines."""
        return bool(self.page_label) and not self.page_label.startswith(UNIT_LABELS)


LedgerState = Literal["reading", "ready", "failed"]
"""Where a source stands: being read (or a run stopped while it was), in the library, or not taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What became of a source that was named, whether it was taken in or not.

    `reason` says why it failed; `note` what a person should know though it did not. `document_id` is the document that
    answers for it: of a failed new version the old one, None if there is none. `at` is when it came to this.
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
    """A retrieved chunk. Higher scores are better; they compare within one query only."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A passage that was retrieved but not shown to the model, and why."""

    passage: Passage
    reason: str
