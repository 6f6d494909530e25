"""Answers: sentences with their citations, timings, confidence signals, and the events an answer arrives in."""

from dataclasses import dataclass
from typing import Literal

from rag.types.documents import Dropped, Passage
from rag.types.turns import Turn

_NEAREST = 3

Support = Literal["supported", "weak", "unsupported"]
"""How well the passages in the prompt support a sentence."""


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
    """One sentence of an answer with its citations.

    It is at characters `[start, end)` of the answer; `text` is the sentence without the model's own `[n]` markers.
    `missing` are its numbers, units and names that its quotes do not have, or, if it has no quotes, that no passage
    has. `disputed` are quotes of other passages that differ in just one of these, or deny the sentence.
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
    """Confidence signals from the model's own computation.

    `answerable` is the log-odds that the sources answer the question, predicted from the hidden state after prefill
    (None: there is no probe for this model). `min_log_prob` is the natural log probability of the least likely token
    chosen (None: nothing has been generated yet, or the decoder does not report it).
    """

    answerable: float | None = None
    min_log_prob: float | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """The inputs of the confidence in an answer.

    The model's `certainty`; `question_coverage`, the largest share of the question's content words that one passage
    has; and `support`, the mean support of the answer's sentences. Both shares are in [0, 1].
    """

    certainty: Certainty = Certainty()
    question_coverage: float = 0.0
    support: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationStats:
    """How an answer was generated: seconds by phase, tokens saved.

    `reused_tokens` of the prompt came from the prefix cache; of the `drafted_tokens` of speculative decoding,
    `accepted_tokens` were accepted.
    """

    waiting_s: float = 0.0
    prefill_s: float = 0.0
    decode_s: float = 0.0
    reused_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds and tokens of one answer. `first_token_s` is from the question to the first text.

    `rewrite_s` is spent on making the question stand alone: next to nothing, unless the model does it.
    """

    rewrite_s: float = 0.0
    retrieve_s: float = 0.0
    first_token_s: float = 0.0
    total_s: float = 0.0
    prompt_tokens: int = 0
    output_tokens: int = 0
    generation: GenerationStats = GenerationStats()


StopReason = Literal["end", "stop", "length", "cancelled", "repetition", "filtered", "none"]
"""Why the text ended: the model's end token, a stop sequence, the token limit, the user, repetition, the content
filter, or nothing was generated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished answer, and everything needed to check it.

    `query` is what was searched for, and `text` what was streamed. `dropped` are retrieved passages that the prompt did
    not have, and `forgotten_turns` the number of oldest turns that did not fit into it. `abstained`: nothing was found,
    no passage supports any sentence, or the confidence is too low (`text` is then a draft that must not be trusted).
    `confidence` is the estimated probability that the sources answer the question; `missing` are the words of the
    question that no passage has. `turns` is the conversation with this exchange: the history of the next question.
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
        """The sentences of a partial answer that no passage supports; none if the whole answer is withheld."""
        return () if self.abstained else tuple(s for s in self.sentences if s.support == "unsupported")

    @property
    def nearest(self) -> tuple[tuple[int, Passage], ...]:
        """The best few passages with their numbers, to show with a refusal; removed ones are left out."""
        return tuple(each for each in enumerate(self.passages, start=1) if each[1].chunk.text)[:_NEAREST]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: the search is done. `query` is the question, or a standalone version of it."""

    query: str
    passages: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """Event: the next piece of the answer's text. None is ever taken back."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """Event: another sentence of the answer is complete. `sentences` are all complete ones, with their citations."""

    sentences: tuple[Sentence, ...]


Event = Retrieved | Token | Cited | Answer
"""An event of `Assistant.ask`: one `Retrieved`, any number of `Token` and `Cited`, and at the end one `Answer`."""
