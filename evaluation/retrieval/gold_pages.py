"""`citewell eval pages`: measure how often a gold page of a question is among the passages shown for it.

The documents go through the real readers into one library; each question is searched in all, and within its own.
Two formats are read: FinanceBench's (Islam et al. 2023), `questions.jsonl` and the reports in `pdfs/`, and questions
that name their `documents` and `gold_pages` themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets.labelled_set import EvaluationError, explain, locate, read_json_lines
from evaluation.retrieval.indexing import index_files
from rag.retrieval.deduplication import deduplicate
from rag.runtime.progress import Progress
from rag.services import Services
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuestion:
    """A question of some kind, the files it is about, and its gold pages: file name and number, counted from 1."""

    text: str
    kind: str
    documents: tuple[Path, ...]
    pages: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Share:
    """Shares of some questions with a gold page found: among all documents, and within their own."""

    kind: str
    questions: int
    among_all: float
    within_documents: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report that `citewell eval pages` prints; `kinds` has a share for each kind of question."""

    set: str
    documents: int
    chunks: int
    passages: int
    overall: Share
    kinds: tuple[Share, ...]


def read_questions(folder: Path) -> tuple[PageQuestion, ...]:
    """Read the questions that have gold pages and whose documents exist.

    Raises:
        EvaluationError: the folder has another layout, or none of the documents.
    """
    try:
        rows = list(read_json_lines(folder / "questions.jsonl"))
        read = [_in_reports(row, folder) if "doc_name" in row else _in_documents(row, folder) for row in rows]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} needs questions.jsonl, with gold pages: {explain(error)}.") from error
    questions = tuple(question for question in read if question.pages and all(map(Path.is_file, question.documents)))
    if not questions:
        raise EvaluationError(f"{folder} has none of the documents that the questions are about.")
    return questions


def _in_reports(row: dict[str, Any], folder: Path) -> PageQuestion:
    """Return a question of FinanceBench, which counts pages from 0."""
    path = folder / "pdfs" / f"{row['doc_name']}.pdf"
    pages = frozenset((path.name, int(evidence["evidence_page_num"]) + 1) for evidence in row["evidence"])
    return PageQuestion(text=row["question"], kind=row.get("question_type", ""), documents=(path,), pages=pages)


def _in_documents(row: dict[str, Any], folder: Path) -> PageQuestion:
    return PageQuestion(
        text=row["question"],
        kind=row.get("kind", ""),
        documents=tuple(locate(name, folder) for name in row["documents"]),
        pages=frozenset((gold["document"], int(gold["page"])) for gold in row.get("gold_pages", ())),
    )


def evaluate(folder: Path, settings: Settings, progress: Progress, passages: int = 5) -> Report:
    """Ingest the documents if that was not done before, and look for the gold pages of every question."""
    questions = read_questions(folder)
    paths = {path for question in questions for path in question.documents}
    found: list[tuple[str, bool, bool]] = []
    with ExitStack() as stack:
        services, ids = index_files(paths, settings, progress, stack)
        for done, question in enumerate(questions, start=1):
            within, gold = {ids[path] for path in question.documents}, _gold(question, ids)
            places = [_places(question.text, services, passages, where) for where in (None, within)]
            found.append((question.kind, not gold.isdisjoint(places[0]), not gold.isdisjoint(places[1])))
            progress(f"{folder.name}, questions", done, len(questions))
        chunks = services.library.chunk_count()
    return Report(
        set=folder.name,
        documents=len(paths),
        chunks=chunks,
        passages=passages,
        overall=_share("all", found),
        kinds=tuple(_shares(found)),
    )


def _shares(found: Sequence[tuple[str, bool, bool]]) -> Iterator[Share]:
    for kind in dict.fromkeys(kind for kind, _, _ in found if kind):
        yield _share(kind, [row for row in found if row[0] == kind])


def _share(kind: str, found: Sequence[tuple[str, bool, bool]]) -> Share:
    count = len(found)
    return Share(kind, count, sum(all_ for _, all_, _ in found) / count, sum(within for *_, within in found) / count)


def _gold(question: PageQuestion, ids: Mapping[Path, int]) -> set[tuple[int, int]]:
    """Return the gold pages, by the ids of the question's documents: those of others may have the same names."""
    return {
        (ids[path], page)
        for name, page in question.pages
        for path in ([own for own in question.documents if own.name == name] or ids)
        if path.name == name
    }


def _places(text: str, services: Services, limit: int, within: AbstractSet[int] | None) -> set[tuple[int, int]]:
    """Return the pages of the passages that an answer would be generated from."""
    found = services.retriever.retrieve(text, max(limit, services.settings.candidates), within)
    shown, _ = deduplicate(found, limit)
    return {(p.chunk.document_id, p.chunk.page) for p in shown}
