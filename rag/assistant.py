"""The whole story of an answer on one screen: question in, typed events out. The faces only translate the events."""

import re
import time
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from rag.citations import cite
from rag.decoding import Decoding
from rag.errors import QuestionError
from rag.followups import needs_model, rewrite, standalone_query
from rag.interfaces import CancelEvent, Generator, Library, Piece, Reranker, Retriever, Scorer
from rag.passages import distinct, join_neighbours
from rag.prompts import NOT_FOUND, Prompt, fit_prompt
from rag.types import Answer, Event, Passage, Retrieved, StopReason, Timings, Token, Turn


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
        *,
        passages: int,
        candidates: int,
        system_prompt: str,
        decoding: Decoding,
        max_question_chars: int,
        rewrite_followups: bool = True,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._reranker = reranker
        self._generator = generator
        self._scorer = scorer
        self._passages = passages
        self._candidates = max(candidates, passages)
        self._system_prompt = system_prompt
        self._decoding = decoding
        self._max_question_chars = max_question_chars
        self._rewrite_followups = rewrite_followups

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: AbstractSet[int] | None = None,
        decoding: Decoding | None = None,
        cancelled: CancelEvent | None = None,
    ) -> Iterator[Event]:
        """Answer a question: one `Retrieved`, then `Token`s as they are written, then the `Answer`.

        `within` keeps to these document ids; `cancelled`, once set, ends the answer with what there is.

        Raises:
            QuestionError: the question is empty or too long, or the library is empty.
        """
        started = time.perf_counter()
        question = self._checked(question)
        decoding = decoding or self._decoding

        query = self._query(question, history, cancelled)
        rewrite_s = time.perf_counter() - started
        found = self._retriever.retrieve(query, self._candidates, within)
        if not found and not self._library.chunk_count():
            raise QuestionError(
                "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH', or upload a document."
            )
        different, repeated = distinct(self._reranker.rerank(query, found, self._candidates), self._passages)
        fitting = self._fit(question, different, history, decoding)
        # Joined only now: a passage that fits alone must not be left out because its neighbour does not.
        prompt = self._fit(question, join_neighbours(fitting.passages, self._page_text), history, decoding)
        retrieve_s = time.perf_counter() - started - rewrite_s
        dropped = (*prompt.dropped, *fitting.dropped, *repeated)
        yield Retrieved(query, prompt.passages, dropped)

        text, output_tokens, first_token_s = "", 0, 0.0
        reason: StopReason = "none"
        for piece in self._generate(prompt, decoding, cancelled):
            text += piece.text
            output_tokens, reason = piece.tokens, piece.stop_reason or reason
            if piece.text:
                first_token_s = first_token_s or time.perf_counter() - started
                yield Token(piece.text)

        sentences = () if _is_refusal(text) else cite(text, question, prompt.passages, self._scorer)
        abstained = all(sentence.support == "unsupported" for sentence in sentences)
        total_s = time.perf_counter() - started
        timings = Timings(rewrite_s, retrieve_s, first_token_s, total_s, prompt.tokens, output_tokens)
        yield Answer(
            question,
            query,
            text,
            sentences,
            abstained,
            prompt.passages,
            dropped,
            timings,
            reason,
            prompt.forgotten_turns,
        )

    def _checked(self, question: str) -> str:
        question = question.strip()
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

    def _fit(self, question: str, passages: Sequence[Passage], history: Sequence[Turn], decoding: Decoding) -> Prompt:
        return fit_prompt(
            question,
            passages,
            history,
            system_prompt=self._system_prompt,
            window=self._generator.context_tokens,
            max_new_tokens=decoding.max_new_tokens,
            count=self._generator.count_tokens,
        )

    def _page_text(self, document_id: int, number: int) -> str:
        page = self._library.page(document_id, number)
        return page.text if page else ""

    def _generate(self, prompt: Prompt, decoding: Decoding, cancelled: CancelEvent | None) -> Iterator[Piece]:
        if not prompt.passages:  # nothing to answer from: the model is not even asked
            yield Piece(NOT_FOUND, 0, "none")
            return
        yield from self._generator.stream(prompt.messages, decoding, cancelled)


def _is_refusal(text: str) -> bool:
    """Whether the answer is the refusal the prompt asks for, and nothing beside it."""
    return _letters(text) == _letters(NOT_FOUND)


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
