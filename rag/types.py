"""The values that cross module borders: frozen, slotted, without behaviour beyond what derives from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Support = Literal["supported", "weak", "unsupported"]
"""How well the shown passages carry a sentence."""


PageState = Literal["ready", "empty", "ocr", "failed"]
"""What became of a page: its text is there; it has none; its text was recognised from its image; it cannot be read."""


UNIT_LABELS = ("lines", "rows", "part", "section", "slide", "sheet", "chapter", "message", "image")
"""How a label begins that is no printed page number, but says where to look in a file without pages: "slide 3"."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document, or its natural unit where it has no pages.

    `number` counts from 1. `label` is what a person finds printed ("iv", "12"), else the number; or the
    unit's own name ("slide 3", "lines 1–420"), or "" if the document is one piece. `text` is kept
    exactly as stored: every offset in Citewell counts characters (code points) of this string. `note` says what a
    person should know of the page: why it is empty or failed, or what of it was left out.
    """

    number: int
    label: str
    text: str
    state: PageState = "ready"
    note: str = ""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """What the ledger says of one page: its state, why, and how many characters of text it gave."""

    number: int
    label: str
    state: PageState
    note: str
    characters: int


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


LedgerState = Literal["reading", "ready", "failed"]
"""Where a source stands: being read (or a run stopped while it was), in the library, or not taken in."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished exchange of a conversation; `passages` are those that were new to the model with this question."""

    question: str
    answer: str
    passages: tuple["Passage", ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote that supports a sentence: `quote` is exactly characters `[start, end)` of the stored page.

    `number` is the passage's number as shown, from 1; `score` is the support in [0, 1].
    """

    number: int
    document: str
    page: int
    label: str
    start: int
    end: int
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with what supports it.

    It stands at characters `[start, end)` of the answer; `text` is that without the model's own `[n]` markers.
    `missing` are its numbers, units and names that its quotes lack, or all shown passages where nothing is quoted.
    `disputed` are quotes of other passages that say the same but for one of these, or deny it.
    """

    start: int
    end: int
    text: str
    citations: tuple[Citation, ...]
    support: Support
    missing: tuple[str, ...] = ()
    disputed: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerationStats:
    """How an answer was generated: seconds by phase, tokens saved.

    `reused_tokens` of the prompt were known from an earlier one; of `drafted_tokens`, guessed by speculation,
    `accepted_tokens` were right.
    """

    waiting_s: float = 0.0
    prefill_s: float = 0.0
    decode_s: float = 0.0
    reused_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Certainty:
    """What the model's own computing says of an answer.

    `answerable` is the log-odds that the sources answer the question, read off the model's state when it has read both
    (None: there is no probe for this model). `least_log_prob` is the natural logarithm of the probability of the least
    likely token it chose (None: nothing is written yet, or the search did not tell).
    """

    answerable: float | None = None
    least_log_prob: float | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence in an answer is made of.

    The model's `certainty`; `asked`, the share of the question's content words that the passage nearest to it has; and
    `support`, the mean support of the answer's sentences in [0, 1].
    """

    certainty: Certainty = Certainty()
    asked: float = 0.0
    support: float = 0.0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds and tokens of one answer. `first_token_s` counts from the question to the first text.

    `rewrite_s` is what it took to make the question stand alone: nothing, unless the model was asked.
    """

    rewrite_s: float = 0.0
    retrieve_s: float = 0.0
    first_token_s: float = 0.0
    total_s: float = 0.0
    prompt_tokens: int = 0
    output_tokens: int = 0
    generation: GenerationStats = GenerationStats()


StopReason = Literal["end", "stop", "length", "cancelled", "repetition", "filtered", "none"]
"""Why the text ended: the model's own end, a stop sequence, the limit, the user, a text that went round in circles, an
objection of the content filter, or nothing was generated."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer, and everything needed to check it.

    `text` is what was streamed. `dropped` and `forgotten_turns` say what did not fit the window: retrieved passages,
    and turns of the conversation, counted from the oldest. `abstained` is a refusal: nothing was found, no passage
    supports a single sentence of what was written, or the confidence is too low (`text` is then a draft that must not
    be trusted). `confidence` is the estimated probability that the sources answer the question; `missing` are the words
    of the question that no shown passage has. `turns` is the conversation with this exchange: the history of the next
    question.
    """

    question: str
    query: str
    text: str
    sentences: tuple[Sentence, ...]
    abstained: bool
    passages: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]
    timings: Timings
    stop_reason: StopReason
    forgotten_turns: int
    turns: tuple[Turn, ...] = ()
    confidence: float = 0.0
    missing: tuple[str, ...] = ()
    signals: Signals = Signals()

    @property
    def not_found(self) -> tuple[Sentence, ...]:
        """What of a partial answer no shown passage supports; nothing of a refusal, which none of it stands for."""
        return () if self.abstained else tuple(s for s in self.sentences if s.support == "unsupported")


Thumb = Literal["", "up", "down"]
"""What somebody thinks of an answer; "" if they did not say."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer as a conversation keeps them, by number from 1; `record` is that of `rag.records`."""

    number: int
    asked_at: str
    record: Mapping[str, Any]
    thumb: Thumb = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a kept conversation. `settings` are those that differ from the defaults; times are in ISO 8601.

    An `owner` of "" is whoever uses this machine: there are no accounts.
    """

    id: str
    owner: str
    name: str
    settings: Mapping[str, Any]
    created_at: str
    updated_at: str
    exchanges: int


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: the search is done. `query` is what was searched for, a follow-up made standalone."""

    query: str
    passages: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """Event: the next piece of the answer's text. Pieces join to the text; none is ever taken back."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """Event: another sentence of the answer is complete. `sentences` are all that are, with what supports them."""

    sentences: tuple[Sentence, ...]


Event = Retrieved | Token | Cited | Answer
"""What `Assistant.ask` yields: one `Retrieved`, any number of `Token` and `Cited`, and at the end one `Answer`."""
