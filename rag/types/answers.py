"""An answer: its sentences with what supports them, what it took, how sure it is, and the events it arrives in."""

from dataclasses import dataclass
from typing import Literal

from rag.types.documents import Dropped, Passage
from rag.types.turns import Turn

_NEAREST = 3

Support = Literal["supported", "weak", "unsupported"]
"""How well the shown passages carry a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    def citations(self) -> tuple[Citation, ...]:
        """The quotes that support its sentences, each once."""
        return tuple(dict.fromkeys(citation for sentence in self.sentences for citation in sentence.citations))

    @property
    def not_found(self) -> tuple[Sentence, ...]:
        """What of a partial answer no shown passage supports; nothing of a refusal, which none of it stands for."""
        return () if self.abstained else tuple(s for s in self.sentences if s.support == "unsupported")

    @property
    def nearest(self) -> tuple[tuple[int, Passage], ...]:
        """The few best passages with their numbers, for a refusal to show; none that was removed from a kept answer."""
        return tuple(each for each in enumerate(self.passages, start=1) if each[1].chunk.text)[:_NEAREST]


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
