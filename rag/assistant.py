"""Answer a question: search, prompt, generation, citations and verdict, as typed events that the faces translate."""

import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass

from rag.errors import QuestionError
from rag.grounding.abstention import NOT_FOUND, Abstention, Verdict, is_abstention
from rag.grounding.citations import Citer
from rag.interfaces import ContentFilter, Generator, Library, Reranker, Retriever, Scorer, TextDelta
from rag.postprocessing.output_checks import check_stream
from rag.prompting.prompt import Prompt, fit_prompt
from rag.retrieval.deduplication import deduplicate, join_neighbours
from rag.retrieval.query_rewriting import is_follow_up, needs_model, rewrite, standalone_query
from rag.runtime.progress import CancelEvent
from rag.types import Answer, Cited, Dropped, Event, GenerationStats, Passage, Retrieved, Sentence, Timings, Token, Turn
from rag.types.decoding import Decoding

_FOLLOW_UP_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class AskOptions:
    """Settings for one question; None leaves a setting as it is."""

    passages: int | None = None
    strictness: float | None = None
    system_prompt: str | None = None
    decoding: Decoding | None = None


class KeepOrder:
    """A `Reranker` that keeps the retriever's order."""

    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:  # noqa: ARG002  a seam
        """Return the first `limit` passages."""
        return list(passages[:limit])


class Assistant:
    """Answer questions from one library."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        reranker: Reranker,
        generator: Generator,
        scorer: Scorer,
        abstention: Abstention,
        *,
        passages: int,
        candidates: int,
        system_prompt: str,
        decoding: Decoding,
        max_question_chars: int,
        rewrite_followups: bool = True,
        content_filter: ContentFilter | None = None,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._reranker = reranker
        self._generator = generator
        self._scorer = scorer
        self._abstention = abstention
        self._passages = passages
        self._candidates = max(candidates, passages)
        self._system_prompt = system_prompt
        self._decoding = decoding
        self._max_question_chars = max_question_chars
        self._rewrite_followups = rewrite_followups
        self._content_filter = content_filter

    @property
    def context_tokens(self) -> int:
        """The model's context window for prompt and answer, in tokens."""
        return self._generator.context_tokens

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: AbstractSet[int] | None = None,
        options: AskOptions | None = None,
        cancelled: CancelEvent | None = None,
    ) -> Answer:
        """Answer a question as `ask` does, and return only the finished answer."""
        *_, answer = self.ask(question, history, within=within, options=options, cancelled=cancelled)
        assert isinstance(answer, Answer)  # noqa: S101  the last event
        return answer

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: AbstractSet[int] | None = None,
        options: AskOptions | None = None,
        cancelled: CancelEvent | None = None,
    ) -> Iterator[Event]:
        """Yield one `Retrieved`, `Token`s and `Cited` sentences as they are written, and at the end the `Answer`.

        `history` is the `turns` of the previous answer, `within` restricts the search to these document ids, `options`
        override settings, and `cancelled`, once set, ends the answer with the text so far.

        Raises:
            QuestionError: the question is empty or too long, the content filter objects to it, or the library is empty.
        """
        started = time.perf_counter()
        question = self._checked(question)
        options = options or AskOptions()
        abstention = self._abstention.at(options.strictness)

        search = self._search(question, history, within, options, cancelled)
        prompt = search.prompt
        yield Retrieved(search.query, prompt.passages, search.dropped)

        citer = Citer(question, prompt.passages, self._scorer)
        draft = _Draft()
        yield from draft.collect(self._generate(prompt, options, abstention, cancelled), citer)

        sentences = () if is_abstention(draft.text) else citer.sentences(draft.text)
        verdict = abstention.judge(question, prompt.passages, sentences, draft.last.certainty)
        yield _answer(question, search, draft, sentences, verdict, started)

    def _checked(self, question: str) -> str:
        question = question.strip()
        if self._content_filter and (objection := self._content_filter.objection(question)):
            raise QuestionError(f"The content filter objects to this question: {objection} (setting content_filter).")
        if not question:
            raise QuestionError("The question is empty. Type what you want to know.")
        if len(question) > self._max_question_chars:
            raise QuestionError(
                f"The question has {len(question)} characters, and the limit is "
                f"{self._max_question_chars} (setting max_question_chars). Shorten it, or ingest the "
                "long part as a document."
            )
        return question

    def _search(
        self,
        question: str,
        history: Sequence[Turn],
        within: AbstractSet[int] | None,
        options: AskOptions,
        cancelled: CancelEvent | None,
    ) -> "_Search":
        """Make the question a query, search for it, and fit what is found into the prompt."""
        started = time.perf_counter()
        query = self._query(question, history, cancelled)
        rewritten = time.perf_counter()
        prompt, dropped = self._prompt(question, query, history, within, options)
        return _Search(query, prompt, dropped, rewritten - started, time.perf_counter() - rewritten)

    def _query(self, question: str, history: Sequence[Turn], cancelled: CancelEvent | None) -> str:
        """Return the query: made by rules, or by the model where the rules would miss the subject."""
        if self._rewrite_followups and needs_model(question, history):
            return rewrite(question, history, self._generator, cancelled) or standalone_query(question, history)
        return standalone_query(question, history)

    def _prompt(
        self,
        question: str,
        query: str,
        history: Sequence[Turn],
        within: AbstractSet[int] | None,
        options: AskOptions,
    ) -> tuple[Prompt, tuple[Dropped, ...]]:
        """Retrieve, rerank, deduplicate, fit to the window, join neighbours; return the prompt and what it lacks."""
        passages = options.passages or self._passages
        candidates = max(self._candidates, passages)
        found = self._retriever.retrieve(query, candidates, within)
        if not found and not self._library.chunk_count():
            raise QuestionError(
                "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH', or upload a document."
            )
        # A follow-up needs fewer new passages: the prompt still has those of the earlier questions.
        limit = min(passages, _FOLLOW_UP_PASSAGES) if history and is_follow_up(question) else passages
        different, repeated = deduplicate(self._reranker.rerank(query, found, candidates), limit)
        fitting = self._fit(question, different, history, options)
        # Join after fitting: a passage that fits alone must not be left out because its neighbour does not.
        unread = [*fitting.new, *(dropped.passage for dropped in fitting.dropped)]
        known = [passage for passage in different if passage not in unread]
        prompt = self._fit(question, [*known, *join_neighbours(fitting.new, self._page_text)], history, options)
        return prompt, (*prompt.dropped, *fitting.dropped, *repeated)

    def _fit(self, question: str, passages: Sequence[Passage], history: Sequence[Turn], options: AskOptions) -> Prompt:
        return fit_prompt(
            question,
            passages,
            history,
            system_prompt=options.system_prompt or self._system_prompt,
            window=self._generator.context_tokens,
            max_new_tokens=(options.decoding or self._decoding).max_new_tokens,
            count=self._generator.count_tokens,
        )

    def _page_text(self, document_id: int, number: int) -> str:
        page = self._library.page(document_id, number)
        return page.text if page else ""

    def _generate(
        self, prompt: Prompt, options: AskOptions, abstention: Abstention, cancelled: CancelEvent | None
    ) -> Iterator[TextDelta]:
        """Yield the model's text; a refusal if there are no passages, or as soon as no answer could stand."""
        if not prompt.passages:
            yield TextDelta(NOT_FOUND, 0, "none")
            return
        stream = self._generator.stream(prompt.messages, options.decoding or self._decoding, cancelled)
        with closing(check_stream(stream, self._content_filter)) as deltas:
            for delta in deltas:
                if delta.certainty and not delta.stop_reason and abstention.is_hopeless(delta.certainty):
                    yield TextDelta(NOT_FOUND, 0, "none", certainty=delta.certainty)
                    return
                yield delta


@dataclass(frozen=True, slots=True)
class _Search:
    """A query and the prompt made of its results; `dropped` are those that are not in it."""

    query: str
    prompt: Prompt
    dropped: tuple[Dropped, ...]
    rewrite_s: float
    retrieve_s: float


class _Draft:
    """The text of an answer while it is written, and the last delta, which says how it ended."""

    def __init__(self) -> None:
        self.text = ""
        self.last = TextDelta("", 0, "none")
        self.first_token_at: float | None = None

    def collect(self, deltas: Iterator[TextDelta], citer: Citer) -> Iterator[Event]:
        """Append the deltas; yield each text, and the sentences whenever another one is complete."""
        cited = 0
        for self.last in deltas:
            if not self.last.text:
                continue
            self.text += self.last.text
            self.first_token_at = self.first_token_at or time.perf_counter()
            yield Token(self.last.text)
            if len(complete := citer.sentences(self.text, finished=False)) > cited:
                cited = len(complete)
                yield Cited(complete)


def _answer(
    question: str, search: _Search, draft: _Draft, sentences: tuple[Sentence, ...], verdict: Verdict, started: float
) -> Answer:
    prompt, last = search.prompt, draft.last
    # A draft that nothing supports is not shown to the model again: it would be believed.
    turn = Turn(question, NOT_FOUND if verdict.abstained else draft.text, prompt.new)
    return Answer(
        question=question,
        query=search.query,
        text=draft.text,
        sentences=sentences,
        abstained=verdict.abstained,
        passages=prompt.passages,
        dropped=search.dropped,
        timings=Timings(
            rewrite_s=search.rewrite_s,
            retrieve_s=search.retrieve_s,
            first_token_s=draft.first_token_at - started if draft.first_token_at else 0.0,
            total_s=time.perf_counter() - started,
            prompt_tokens=prompt.tokens,
            output_tokens=last.tokens,
            generation=last.stats or GenerationStats(),
        ),
        stop_reason=last.stop_reason or "none",
        forgotten_turns=prompt.forgotten_turns,
        turns=(*prompt.turns, turn),
        confidence=verdict.confidence,
        missing=verdict.missing,
        signals=verdict.signals,
    )
