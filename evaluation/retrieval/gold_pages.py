"""`citewell eval pages`: measure how often a gold page of a question is among the passages shown for it.

The PDFs go through the real readers into one library; each question is searched in all documents, and in the one it is
about. The format is FinanceBench's (Islam et al. 2023): `questions.jsonl`, and the reports in `pdfs/`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from evaluation.datasets.labelled_set import EvaluationError, explain, read_json_lines
from ingest.pipeline import open_ingestor
from rag.retrieval.deduplication import deduplicate
from rag.runtime.progress import Progress
from rag.services import Services
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question, the file name of the document that answers it, and its gold pages, counted from 1."""

    text: str
    document: str
    pages: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Shares of the questions with a gold page found: among all documents, and within their own."""

    set: str
    questions: int
    documents: int
    chunks: int
    passages: int
    among_all: float
    within_document: float


def read_questions(folder: Path) -> tuple[PageQuestion, ...]:
    """Read the questions whose document exists.

    Raises:
        EvaluationError: the folder has another layout, or none of the documents.
    """
    try:
        rows = [(f"{row['doc_name']}.pdf", row) for row in read_json_lines(folder / "questions.jsonl")]
        questions = tuple(
            PageQuestion(
                row["question"],
                name,
                frozenset(int(evidence["evidence_page_num"]) + 1 for evidence in row["evidence"]),
            )
            for name, row in rows
            if (folder / "pdfs" / name).is_file()
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} needs questions.jsonl and pdfs/: {explain(error)}.") from error
    if not questions:
        raise EvaluationError(f"{folder}/pdfs has none of the documents that the questions are about.")
    return questions


def evaluate(folder: Path, settings: Settings, progress: Progress, passages: int = 5) -> Report:
    """Ingest the documents if that was not done before, and look for the gold pages of every question."""
    questions = read_questions(folder)
    library = user_cache_path("citewell") / "evaluation" / f"{folder.name}-{settings.embedder.replace('/', '-')}"
    names = sorted({question.document for question in questions})
    paths = [str(folder / "pdfs" / name) for name in names]
    count = len(questions)
    found_all = found_within = 0
    with Services(settings.model_copy(update={"library": library})) as services:
        for done, result in enumerate(open_ingestor(services).ingest(paths), start=1):
            progress(f"indexing {folder.name}", done, len(paths))
            if result.status == "failed":
                raise EvaluationError(f"{result.name} cannot be ingested: {result.reason}.")
        ids = {document.name: document.id for document in services.library.documents()}
        for done, question in enumerate(questions, start=1):
            found_all += _is_found(question, services, passages, None)
            found_within += _is_found(question, services, passages, {ids[question.document]})
            progress(f"{folder.name}, questions", done, count)
        chunks = services.library.chunk_count()
    return Report(
        set=folder.name,
        questions=count,
        documents=len(names),
        chunks=chunks,
        passages=passages,
        among_all=found_all / count,
        within_document=found_within / count,
    )


def _is_found(question: PageQuestion, services: Services, limit: int, within: AbstractSet[int] | None) -> bool:
    """Return whether one of the passages that an answer would be generated from is on a gold page."""
    found = services.retriever.retrieve(question.text, max(limit, services.settings.candidates), within)
    shown, _ = deduplicate(found, limit)
    return any(p.chunk.document == question.document and p.chunk.page in question.pages for p in shown)
