"""Answer a question for figures from the tables found: cells are looked up and computed with by code.

A request that is plain from its words is computed at once. Otherwise the model fills in a form for the table that the
question is most likely about; it reads that table's labels, not its figures. It does so twice, the second time with
the labels the other way round, and what both forms ask for, neither of them doubtful, is the answer (compare
self-consistency, Wang et al. 2022, 2203.11171).
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from rag.answering.tables.plain_questions import compute
from rag.answering.tables.table_form import TEXTUAL, TableOutline, form_messages, form_pattern, read_form
from rag.answering.tables.table_grid import Grid, read_grid
from rag.answering.tables.table_program import compute_form, outline_of, overlooks
from rag.answering.tables.table_request import read_request
from rag.interfaces import FormFiller, Generator, Library, Retriever
from rag.retrieval.fusion import best_of
from rag.runtime.progress import CancelEvent
from rag.text.analyzer import words
from rag.types import Chunk, Computed, Operand, Page, Passage, Table
from rag.understanding.question_reader import Asked, read_question

_SEARCHED = 20
"""Passages searched for figures: more than a model could read, as cells are compared in no time."""

_SHOWN = 5
"""Passages found, best first, of whose tables one may be shown to the model."""

_SURE = 0.8
"""Confidence from which a result is the answer: below, cells outside the statement that is asked for."""

_EVEN = 0.5
"""Even odds that a figure is asked for."""

_SHORT: tuple[Asked, ...] = ("fact", "yes_no", "comparison")
"""What a cell of a table, or two, may answer, though nothing in the question's words says so."""

_CERTAIN = 0.15
"""Probability of a form's least likely token from which it counts: below, most were seen to be wrong."""

_CONFIDENCE = 0.85
"""Of a result whose cells the model chose."""


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """What tables have for a question: the result, and the passages with its cells.

    `is_unclear`: something is to be computed from a table, and the model does not ask for the same twice. `is_lookup`:
    a cell is only to be read.
    """

    computed: Computed | None = None
    passages: tuple[Passage, ...] = ()
    is_unclear: bool = False
    is_lookup: bool = False


class TableAnswers:
    """Answer questions from the tables of one library."""

    def __init__(self, library: Library, retriever: Retriever, generator: Generator) -> None:
        self._library = library
        self._retriever = retriever
        self._filler = generator if isinstance(generator, FormFiller) else None

    def answer(
        self,
        question: str,
        queries: Sequence[str],
        best: Sequence[Passage],
        within: AbstractSet[int] | None,
        language: str,
        cancelled: CancelEvent | None,
    ) -> TableAnswer:
        """Return what can be computed for a question.

        The passages are searched for by `queries`; `best` are those that were found to be read, the best one first.
        """
        is_plain = read_request(question) is not None
        asks_model = self._filler is not None and self._may_ask_figures(question, best)
        if not is_plain and not asks_model:
            return TableAnswer()
        found = best_of([self._retriever.retrieve(each, _SEARCHED, within) for each in queries], 2**31)
        computed = compute(question, found, self._library.page, language=language) if is_plain else None
        answer = TableAnswer(computed)
        if asks_model and (computed is None or computed.confidence < _SURE):
            answer = self._by_form(question, found, language, cancelled)
        if answer.computed is None or answer.computed.confidence < _SURE:
            return replace(answer, computed=None)
        return replace(answer, passages=tuple(cell_passages(answer.computed, found, self._library)))

    def may_answer(self, question: str, best: Sequence[Passage]) -> bool:
        """Return whether a question may ask for figures, and tables were found for it."""
        return self._may_ask_figures(question, best) and self.are_in(best)

    def are_in(self, passages: Sequence[Passage]) -> bool:
        """Return whether any passage has a table, or a part of one."""
        return any(self._tables_in(passage.chunk) for passage in passages)

    def _may_ask_figures(self, question: str, best: Sequence[Passage]) -> bool:
        """Return whether a question asks for figures, or may: a short answer is wanted, and a table is found first."""
        is_short = read_question(question).likeliest in _SHORT
        return _asks_figures(question) or (is_short and any(self._outlines(best[:1])))

    def _by_form(
        self,
        question: str,
        found: Sequence[Passage],
        language: str,
        cancelled: CancelEvent | None,
    ) -> TableAnswer:
        """Return what two forms ask for alike; it is unclear if only one of them asks to compute something."""
        shown = self._shown(question, found)
        if shown is None or self._filler is None:
            return TableAnswer()
        outline, grid = shown
        outlines = (outline, outline.reversed())
        asked = [form_messages(each, question) for each in outlines]
        agreed: Computed | None = None
        computes = False
        for each, messages in zip(outlines, asked, strict=True):
            filled = self._filler.fill(messages, form_pattern(each), cancelled)
            form = read_form(filled.text)
            computes = computes or form.operation not in TEXTUAL
            is_doubtful = filled.certainty < _CERTAIN or overlooks(form, outline, question)
            computed = None if is_doubtful else compute_form(form, grid, language, _CONFIDENCE)
            if computed is None or (agreed and not _is_same(agreed, computed)):
                return TableAnswer(is_unclear=computes, is_lookup=not computes and form.operation == "lookup")
            agreed = computed
        return TableAnswer(agreed)

    def _shown(self, question: str, found: Sequence[Passage]) -> tuple[TableOutline, Grid] | None:
        """Return the table that has most of a question's words in its labels, where none has any the best passage's."""
        asked = set(words(question))

        def shared(outline: TableOutline) -> int:
            return len(asked & set(words(" ".join((outline.title, *outline.columns, *outline.rows)))))

        best = max(self._outlines(found), key=lambda each: shared(each[0]), default=None)
        if best is None or shared(best[0]):
            return best
        return next(self._outlines(found[:1]), None)

    def _outlines(self, found: Sequence[Passage]) -> Iterator[tuple[TableOutline, Grid]]:
        """Yield the tables in the best passages, each once, as far as they can be shown."""
        seen: set[tuple[int, int, int]] = set()
        for chunk in (passage.chunk for passage in found[:_SHOWN]):
            for page, table in self._tables_in(chunk):
                place = (chunk.document_id, chunk.page, table.start)
                if place in seen:
                    continue
                seen.add(place)
                grid = read_grid(chunk.document_id, chunk.document, page, table)
                if grid and (outline := outline_of(grid, grid.caption or chunk.heading or chunk.title)).is_short:
                    yield outline, grid

    def _tables_in(self, chunk: Chunk) -> list[tuple[Page, Table]]:
        page = self._library.page(chunk.document_id, chunk.page)
        if page is None:
            return []
        return [(page, each) for each in page.structure.tables if each.start < chunk.end and chunk.start < each.end]


def _is_same(one: Computed, other: Computed) -> bool:
    """Return whether two results are the same figures from the same cells, in whatever order they were asked for."""
    return (one.kind, {*one.operands}, {*one.results}) == (other.kind, {*other.operands}, {*other.results})


def _asks_figures(question: str) -> bool:
    """Return whether a question most likely asks for figures: looked up in a table, counted or computed."""
    asked = read_question(question).asked
    return asked["table"] + asked["calculation"] + asked["count"] >= _EVEN


def cell_passages(computed: Computed, found: Sequence[Passage], library: Library) -> list[Passage]:
    """Return the passages of a result's pages: those with its rows first, also where the search missed them."""
    pages = {(operand.document_id, operand.page) for operand in computed.operands}
    on_pages = [passage for passage in found if (passage.chunk.document_id, passage.chunk.page) in pages]
    rows: dict[int, Passage] = {}
    for operand in computed.operands:
        if any(_has_row(passage.chunk, operand) for passage in (*rows.values(), *on_pages)):
            continue
        score = max((each.score for each in on_pages if each.chunk.document_id == operand.document_id), default=0.0)
        chunks = library.chunks(library.chunk_ids({operand.document_id}))
        rows.update((chunk.id, Passage(chunk, score)) for chunk in chunks if _has_row(chunk, operand))
    return [*rows.values(), *on_pages]


def _has_row(chunk: Chunk, operand: Operand) -> bool:
    is_on_page = (chunk.document_id, chunk.page) == (operand.document_id, operand.page)
    return is_on_page and chunk.start <= operand.quote_start and operand.quote_end <= chunk.end
