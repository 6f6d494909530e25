"""Answers: sentences with their citations, timings, confidence signals, and the events an answer arrives in."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rag.types.computed import Computed
from rag.types.documents import Dropped, Passage
from rag.types.plans import FACT_PLAN, Plan
from rag.types.turns import Turn

_NEAREST = 3
_WORD = re.compile(r"\w{3,}")

Support = Literal["supported", "weak", "unsupported"]
"""How well the passages in the prompt support a sentence."""


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """Whether a quote says what a claim says: the probability of each, which are 1 together."""

    supported: float
    contradicted: float
    not_stated: float


@dataclass(frozen=True, slots=True)
class YesNoVerdict:
    """What quotes say of a yes/no question: the probability that it is each of them that decides it, and of a yes."""

    deciding: tuple[float, ...]
    yes: float

    @property
    def decides(self) -> float:
        """The probability that one of them decides it."""
        return sum(self.deciding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A quote that supports a sentence: `quote` is exactly characters `[start, end)` of the stored page.

    `number` is the passage's number as shown, from 1; `score` is the support in [0, 1]; `place` is its section and page
    or line, for people.
    """

    number: int
    document: str
    page: int
    label: str
    start: int
    end: int
    quote: str
    score: float
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an answer with its citations.

    It is at characters `[start, end)` of the answer; `text` is the sentence without the model's own `[n]` markers.
    `missing` are its numbers, units and names that its quotes do not have, or, if it has no quotes, that no passage
    has. `disputed` are quotes of other passages that differ in just one of these, or deny the sentence. `translation`
    was compared with the passages instead of the text, if that is in another language than theirs. `meaning` is the
    probability that the quotes say the sentence, by the scorer's second opinion; None if that has none.
    """

    start: int
    end: int
    text: str
    citations: tuple[Citation, ...]
    support: Support
    missing: tuple[str, ...] = ()
    disputed: tuple[Citation, ...] = ()
    translation: str = ""
    meaning: float | None = None


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
    has; and `support`, the mean support of the answer's sentences. Both shares are in [0, 1]. `decided` is the
    probability that yes or no, with which the answer begins, is right; if it begins with neither, that the passages
    decide between them. It is 1 if nothing of the kind is asked.
    """

    certainty: Certainty = Certainty()
    question_coverage: float = 0.0
    support: float = 0.0
    decided: float = 1.0


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

    def __add__(self, other: "GenerationStats") -> "GenerationStats":
        """Return the sums of two."""
        return GenerationStats(**{name: value + getattr(other, name) for name, value in asdict(self).items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds and tokens of one answer. `first_token_s` is from the question to the first text.

    `rewrite_s` is spent on making the question stand alone, `check_s` on the verdict after the last token: next to
    nothing, unless the model rewrites the question, or translates an answer in another language than the passages. Of
    `retrieve_s`, `rerank_s` went into reranking and `prompt_s` into fitting passages into the prompt.
    """

    rewrite_s: float = 0.0
    retrieve_s: float = 0.0
    first_token_s: float = 0.0
    total_s: float = 0.0
    prompt_tokens: int = 0
    output_tokens: int = 0
    generation: GenerationStats = GenerationStats()
    check_s: float = 0.0
    rerank_s: float = 0.0
    prompt_s: float = 0.0


StopReason = Literal[
    "end", "stop", "length", "cancelled", "repetition", "filtered", "interrupted", "tool_calls", "none"
]
"""Why the text ended: the model's end token, a stop sequence, the token limit, the user, repetition, the content
filter, the model's server, calls of tools whose results the model waits for, or nothing was generated."""


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """Event: the model has called a tool; and a call as the answer keeps it.

    `passages` are those that it added to what the model reads. `result` is what else the model was told: what was
    computed, or why the call came to nothing. `failed` if it was no proper call.
    """

    name: str
    arguments: Mapping[str, Any]
    result: str = ""
    passages: tuple[Passage, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished answer, and everything needed to check it.

    `query` is what was searched for, and `text` what was streamed. `dropped` are retrieved passages that the prompt did
    not have, and `forgotten_turns` the number of oldest turns that did not fit into it. `abstained`: nothing was found,
    no passage supports any sentence, or the confidence is too low (`text` is then a draft that must not be trusted).
    `nearest` is, with a refusal, the statement of the documents that comes nearest to the question, if any does.
    `confidence` is the estimated probability that the sources answer the question; `missing` are the words of the
    question that no passage has. `left_out` are items of a list and sentences that no passage supports: they were not
    shown. `notes` say in its language what it leaves open and what it was made from. `language` is that of the answer,
    in which the faces write theirs; "" if it is not known. `thinking` is what the model thought before: no part of the
    answer, never cited, and never shown to the model again. `turns` is the conversation with this exchange: the history
    of the next question. `computed` is a result computed from cells of tables, or by the model's calls of a calculator;
    `tool_calls` are all calls of tools, in order. `kept_from` is when it was made, as a
    time in ISO 8601, if it is a kept overview; "" if it was written for this question.
    """

    question: str
    query: str
    text: str
    sentences: tuple[Sentence, ...]
    abstained: bool
    passages: tuple[Passage, ...]
    dropped: tuple[Dropped, ...] = ()
    timings: Timings = Timings()
    stop_reason: StopReason
    forgotten_turns: int = 0
    turns: tuple[Turn, ...] = ()
    confidence: float = 0.0
    missing: tuple[str, ...] = ()
    signals: Signals = Signals()
    thinking: str = ""
    language: str = ""
    plan: Plan = FACT_PLAN
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    computed: Computed | None = None
    nearest: Citation | None = None
    kept_from: str = ""
    tool_calls: tuple[ToolCalled, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotes that support its sentences, each once."""
        return tuple(dict.fromkeys(citation for sentence in self.sentences for citation in sentence.citations))

    @property
    def not_found(self) -> tuple[Sentence, ...]:
        """The sentences of a partial answer that no passage supports; none if the whole answer is withheld."""
        return () if self.abstained else tuple(s for s in self.sentences if s.support == "unsupported")

    @property
    def nearest_passages(self) -> tuple[tuple[int, Passage], ...]:
        """The best few passages with their numbers, to show with a refusal; removed ones are left out.

        First those that its draft cites, then those found for its own question, then of those found for earlier ones
        the ones that share most words with it.
        """
        cited = {citation.number for citation in self.citations}
        own = self.turns[-1].passages if self.turns else ()
        left = [each for each in enumerate(self.passages, start=1) if each[1].chunk.text]
        asked = set(_WORD.findall(self.question.lower()))

        def rank(each: tuple[int, Passage]) -> tuple[bool, bool, int]:
            number, passage = each
            shared = asked.intersection(_WORD.findall(passage.chunk.text.lower()))
            return number not in cited, passage not in own, -len(shared) if passage not in own else 0

        return tuple(sorted(left, key=rank)[:_NEAREST])


@dataclass(frozen=True, slots=True)
class Planned:
    """Event: it is clear what is asked, and how it will be answered."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: the search is done. `query` is the question, or a standalone version of it."""

    query: str
    passages: tuple[Passage, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class PromptRead:
    """Event: the model is still reading: a `share` of what is new to it is read, the rest takes about so many seconds.

    None comes within the first second, nor once there is text, nor from a model on a server.
    """

    share: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Thought:
    """Event: the next piece of what the model thinks before it answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """Event: the next piece of the answer's text. None is ever taken back."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """Event: another sentence of the answer is complete. `sentences` are all complete ones, with their citations."""

    sentences: tuple[Sentence, ...]


Event = Planned | Retrieved | ToolCalled | PromptRead | Thought | Token | Cited | Answer
"""An event of `Assistant.ask`: `Planned`, `Retrieved`, `ToolCalled`s, `PromptRead`s, `Thought`s, `Token`s with
`Cited`s, at the end an `Answer`."""
