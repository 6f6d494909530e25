"""Measure how often a gold page is shown for a question: `python -m benchmarks.quality.pages DIR [--passages N]`.

The documents go through the real readers into one library; each question is searched in all, and within its own.
Two formats are read: FinanceBench's (Islam et al. 2023), `questions.jsonl` and the reports in `pdfs/`, and questions
that name their `documents` and `gold_pages` themselves.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from evaluation.indexing import index_files
from evaluation.set_files import locate, read_json_lines
from rag.retrieval.deduplication import deduplicate
from rag.runtime.progress import no_progress
from rag.services import Services
from rag.settings import Settings, load_settings


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
    """What is printed; `kinds` has a share for each kind of question."""

    set: str
    documents: int
    chunks: int
    passages: int
    overall: Share
    kinds: tuple[Share, ...]


def main() -> None:
    """Print the shares of all questions, and of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--passages", type=int, default=5, help="passages shown for a question")
    options = parser.parse_args()
    print(describe(), flush=True)
    report = evaluate(options.folder, load_settings(), options.passages)
    print(f"{report.set}: {report.overall.questions} questions, {report.documents} documents, {report.chunks:,} chunks")
    print("questions\tof\tpage found among all\twithin their documents")
    for share in (report.overall, *report.kinds):
        print(f"{share.kind}\t{share.questions}\t{share.among_all:.3f}\t{share.within_documents:.3f}")


def read_questions(folder: Path) -> tuple[PageQuestion, ...]:
    """Read the questions that have gold pages and whose documents exist."""
    rows = list(read_json_lines(folder / "questions.jsonl"))
    read = [_in_reports(row, folder) if "doc_name" in row else _in_documents(row, folder) for row in rows]
    return tuple(question for question in read if question.pages and all(map(Path.is_file, question.documents)))


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


def evaluate(folder: Path, settings: Settings, passages: int = 5) -> Report:
    """Ingest the documents if that was not done before, and look for the gold pages of every question."""
    questions = read_questions(folder)
    paths = {path for question in questions for path in question.documents}
    found: list[tuple[str, bool, bool]] = []
    with ExitStack() as stack:
        services, ids = index_files(paths, settings, no_progress, stack)
        for question in questions:
            within, gold = {ids[path] for path in question.documents}, _gold(question, ids)
            places = [_places(question.text, services, passages, where) for where in (None, within)]
            found.append((question.kind, not gold.isdisjoint(places[0]), not gold.isdisjoint(places[1])))
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


if __name__ == "__main__":
    main()
