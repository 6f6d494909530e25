"""The whole story of an answer on one screen: question in, typed events out. The faces only translate the events."""

import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass

from rag.errors import QuestionError
from rag.grounding.abstention import Abstention
from rag.grounding.citations import Citer
from rag.interfaces import ContentFilter, Generator, Library, Reranker, Retriever, Scorer, TextDelta
from rag.postprocessing.output_checks import checked
from rag.prompting.prompt import NOT_FOUND, Prompt, fit_prompt, is_refusal
from rag.retrieval.deduplication import deduplicate, join_neighbours
from rag.retrieval.query_rewriting import is_follow_up, needs_model, rewrite, standalone_query
from rag.runtime.progress import CancelEvent
from rag.types import Answer, Cited, Dropped, Event, GenerationStats, Passage, Retrieved, Timings, Token, Turn
from rag.types.decoding import Decoding

_FOLLOW_UP_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What differs from the settings for one question; None does not."""

    passages: int | None = None
    strictness: float | None = None
    system_prompt: str | None = None
    decoding: Decoding | None = None


class KeepOrder:
    """The `Reranker` that trusts the retriever."""

    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:  # noqa: ARG002  a seam
        """The first `limit` passages."""
        return list(passages[:limit])


class Assistant:
    """Answers questions from one library."""

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
        """The model's window for prompt and answer, in tokens."""
        return self._generator.context_tokens

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: AbstractSet[int] | None = None,
        options: AskOptions | None = None,
        cancelled: CancelEvent | None = None,
    ) -> Iterator[Event]:
        """Answer a question: one `Retrieved`, `Token`s as they are written and `Cited` sentences, then the `Answer`.

        `history` is the `turns` of the answer before. `within` keeps to these document ids; `options` are what differs
        from the settings; `cancelled`, once set, ends the answer with what there is.

        Raises:
            QuestionError: the question is empty or too long, the content filter objects to it, or the library is empty.
        """
        started = time.perf_counter()
        question = self._checked(question)
        options = options or AskOptions()
        decoding = options.decoding or self._decoding
        abstention = self._abstention.at(options.strictness)

        query = self._query(question, history, cancelled)
        rewrite_s = time.perf_counter() - started
        prompt, repeated = self._prompt(question, query, history, within, options)
        retrieve_s = time.perf_counter() - started - rewrite_s
        dropped = (*prompt.dropped, *repeated)
        yield Retrieved(query, prompt.passages, dropped)

        citer = Citer(question, prompt.passages, self._scorer)
        text, first_token_s, cited = "", 0.0, 0
        last = TextDelta("", 0, "none")
        for last in self._generate(prompt, decoding, abstention, cancelled):
            text += last.text
            if last.text:
                first_token_s = first_token_s or time.perf_counter() - started
                yield Token(last.text)
                if len(complete := citer.sentences(text, finished=False)) > cited:
                    cited = len(complete)
                    yield Cited(complete)

        sentences = () if is_refusal(text) else citer.sentences(text)
        verdict = abstention.judge(question, prompt.passages, sentences, last.certainty)
        yield Answer(
            question=question,
            query=query,
            text=text,
            sentences=sentences,
            abstained=verdict.refused,
            passages=prompt.passages,
            dropped=dropped,
            timings=Timings(
                rewrite_s=rewrite_s,
                retrieve_s=retrieve_s,
                first_token_s=first_token_s,
                total_s=time.perf_counter() - started,
                prompt_tokens=prompt.tokens,
                output_tokens=last.tokens,
                generation=last.stats or GenerationStats(),
            ),
            stop_reason=last.stop_reason or "none",
            forgotten_turns=prompt.forgotten_turns,
            turns=_told(prompt, question, text, abstained=verdict.refused),
            confidence=verdict.confidence,
            missing=verdict.missing,
            signals=verdict.signals,
        )

    def _prompt(
        self,
        question: str,
        query: str,
        history: Sequence[Turn],
        within: AbstractSet[int] | None,
        options: AskOptions,
    ) -> tuple[Prompt, list[Dropped]]:
        """Retrieve, rerank, leave out repeated texts, fit to the window, join neighbours; what was repeated."""
        passages = options.passages or self._passages
        candidates = max(self._candidates, passages)
        found = self._retriever.retrieve(query, candidates, within)
        if not found and not self._library.chunk_count():
            raise QuestionError(
                "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH', or upload a document."
            )
        # A question about what is being read needs less that is new: the model still has the passages before it.
        limit = min(passages, _FOLLOW_UP_PASSAGES) if history and is_follow_up(question) else passages
        different, repeated = deduplicate(self._reranker.rerank(query, found, candidates), limit)
        fitting = self._fit(question, different, history, options)
        # Joined only now: a passage that fits alone must not be left out because its neighbour does not.
        unread = [*fitting.new, *(dropped.passage for dropped in fitting.dropped)]
        known = [passage for passage in different if passage not in unread]
        prompt = self._fit(question, [*known, *join_neighbours(fitting.new, self._page_text)], history, options)
        return prompt, [*fitting.dropped, *repeated]

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

    def _query(self, question: str, history: Sequence[Turn], cancelled: CancelEvent | None) -> str:
        """What to search for: by rule, or by the model where the rules would miss the subject."""
        if self._rewrite_followups and needs_model(question, history):
            return rewrite(question, history, self._generator, cancelled) or standalone_query(question, history)
        return standalone_query(question, history)

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
        self, prompt: Prompt, decoding: Decoding, abstention: Abstention, cancelled: CancelEvent | None
    ) -> Iterator[TextDelta]:
        if not prompt.passages:  # nothing to answer from: the model is not even asked
            yield TextDelta(NOT_FOUND, 0, "none")
            return
        stream = self._generator.stream(prompt.messages, decoding, cancelled)
        with closing(checked(stream, self._content_filter)) as pieces:
            for piece in pieces:
                if piece.certainty and not piece.stop_reason and abstention.is_hopeless(piece.certainty):
                    yield TextDelta(NOT_FOUND, 0, "none", certainty=piece.certainty)
                    return
                yield piece


def _told(prompt: Prompt, question: str, text: str, *, abstained: bool) -> tuple[Turn, ...]:
    """The conversation with this exchange. A draft that nothing supports is not told again: it would be believed."""
    return (*prompt.turns, Turn(question, NOT_FOUND if abstained else text, prompt.new))
