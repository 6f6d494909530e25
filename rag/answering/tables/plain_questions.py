"""Answer a question about figures from the cells of tables, computing by code.

Precision comes first: where the cells are not surely those that were asked for, there is no result, and the question is
the language model's.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rag.answering.tables.calculations import Calculator
from rag.answering.tables.cell_lookup import Finder
from rag.answering.tables.formulas import CalculationError
from rag.answering.tables.table_grid import Grid, read_grid
from rag.answering.tables.table_request import Request, read_request
from rag.text.measure_terms import Term, terms
from rag.text.stop_words import FUNCTION_WORDS
from rag.types import Page, Passage
from rag.types.computed import Computed

PageOf = Callable[[int, int], Page | None]
"""The stored page of a document, by the document's id and the page's number."""

MAX_PAGES = 24
MAX_TABLES = 80
_MAX_LINES = 4_000
_MAX_DOCUMENTS = 6
_COMPARED = ("lookup", "change", "ratio", "average")
"""Kinds that are computed for each document that a question names."""

_WORD = re.compile(r"[^\W_]+")
_SMALL_WORDS = FUNCTION_WORDS | frozenset(
    "der die das des dem den von und für le la les des du de et pour el los las del y para".split()
)
"""Words of names and titles that name nothing: "Constitution for the Project"."""


def compute(question: str, passages: Sequence[Passage], page_of: PageOf, *, language: str = "en") -> Computed | None:
    """Return what a question asks to be looked up in tables or computed from them; None if that is not sure.

    `passages` are those found, the best first; the whole pages they are on are read.
    """
    request = read_request(question)
    if request is None or not passages:
        return None
    named = _named_documents(question, passages)
    chosen = [passage for passage in passages if not named or passage.chunk.document_id in named]
    names = _names(question, chosen)
    if len(named) > 1 and request.kind in _COMPARED:
        own = [[each for each in chosen if each.chunk.document_id == document] for document in sorted(named)]
        return _compared([_computed(request, each, names, page_of, language) for each in own[:_MAX_DOCUMENTS]])
    return _computed(request, chosen, names, page_of, language)


def _compared(results: Sequence[Computed | None]) -> Computed | None:
    """Return the results of several documents as a list, each after its document's name; None if one is missing."""
    found = [result for result in results if result]
    if len(found) < len(results):
        return None
    return replace(
        found[0],
        statement="\n".join(f"- {each.operands[0].document}: {each.statement}" for each in found),
        expression="; ".join(each.expression for each in found if each.expression),
        results=tuple(text for each in found for text in each.results),
        operands=tuple(operand for each in found for operand in each.operands),
        confidence=min(each.confidence for each in found),
    )


def _computed(
    request: Request, passages: Sequence[Passage], names: frozenset[Term], page_of: PageOf, language: str
) -> Computed | None:
    grids = list(_grids(passages, page_of))
    if not grids:
        return None
    finder = Finder(grids, ignored=names, statements=request.statements)
    try:
        return Calculator(request, finder, language).compute()
    except (CalculationError, ArithmeticError):
        return None


def _grids(passages: Sequence[Passage], page_of: PageOf) -> Iterable[Grid]:
    """Yield the tables of the passages' pages, of the best first, up to a limit."""
    places = dict.fromkeys((each.chunk.document_id, each.chunk.page, each.chunk.document) for each in passages)
    tables = lines = 0
    for document_id, number, document in list(places)[:MAX_PAGES]:
        page = page_of(document_id, number)
        for table in page.structure.tables if page else ():
            if tables >= MAX_TABLES or lines >= _MAX_LINES or page is None:
                return
            grid = read_grid(document_id, document, page, table)
            if grid:
                tables, lines = tables + 1, lines + len(grid.lines)
                yield grid


def _named_documents(question: str, passages: Sequence[Passage]) -> frozenset[int]:
    """Return the documents of which a question has a word of the name that the other documents lack."""
    names = {each.chunk.document_id: _name_words(each) for each in passages}
    if len(names) < 2:
        return frozenset()
    asked = _asked_names(question)
    own = {
        document: words - {word for other, theirs in names.items() if other != document for word in theirs}
        for document, words in names.items()
    }
    return frozenset(document for document, words in own.items() if words & asked)


def _names(question: str, passages: Sequence[Passage]) -> frozenset[Term]:
    """Return the terms of a question that name the documents found, "Best Buy" in BESTBUY_2023_10K.pdf too."""
    words = frozenset(word for passage in passages for word in _name_words(passage))
    plain = _WORD.findall(question.lower())
    named = [word for word in plain if word in words]
    for length in (2, 3):
        for at in range(len(plain) - length + 1):
            if "".join(plain[at : at + length]) in words:
                named += plain[at : at + length]
    return frozenset(term for word in named if not word.isdigit() for term in terms(word) if not term.startswith("@"))


def _asked_names(question: str) -> frozenset[str]:
    plain = _WORD.findall(question.lower())
    joined = ("".join(plain[at : at + length]) for length in (1, 2, 3) for at in range(len(plain) - length + 1))
    return frozenset(joined)


def _name_words(passage: Passage) -> frozenset[str]:
    name = f"{passage.chunk.document} {passage.chunk.title}".lower()
    found = _WORD.findall(re.sub(r"['’]s\b", "", name))
    return frozenset(word for word in found if not word.isdigit() and word not in _SMALL_WORDS)
