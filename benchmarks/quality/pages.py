"""Measure how often a gold page is shown for a question: `python -m benchmarks.quality.pages DIR [--passages N]`.

The documents go through the real readers into one library; each question is searched in all, and within its own.
Two formats are read: FinanceBench's (Islam et al. 2023), `questions.jsonl` and the reports in `pdfs/`, and questions
that name their `documents` and `gold_pages` themselves.
"""

import argparse
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

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


class Found(NamedTuple):
    """Whether a gold page of a question of some kind was found: among all documents, and within its own."""

    kind: str
    among_all: bool
    within_documents: bool


def main() -> None:
    """Print the shares of all questions, and of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--passages", type=int, default=5, help="passages shown for a question")
    options = parser.parse_args()
    print(describe(), flush=True)
    found, documents, chunks = evaluate(options.folder, load_settings(), options.passages)
    print(f"{options.folder.name}: {len(found)} questions, {documents} documents, {chunks:,} chunks")
    print("questions\tof\tpage found among all\twithin their documents")
    for kind in ("all", *dict.fromkeys(each.kind for each in found if each.kind)):
        own = [each for each in found if kind in ("all", each.kind)]
        among_all, within = fmean(each.among_all for each in own), fmean(each.within_documents for each in own)
        print(f"{kind}\t{len(own)}\t{among_all:.3f}\t{within:.3f}")


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


def evaluate(folder: Path, settings: Settings, passages: int = 5) -> tuple[list[Found], int, int]:
    """Look for the gold pages of every question; return what was found, and how many documents and chunks there are.

    The documents are ingested if that was not done before.
    """
    questions = read_questions(folder)
    paths = {path for question in questions for path in question.documents}
    found: list[Found] = []
    with ExitStack() as stack:
        services, ids = index_files(paths, settings, no_progress, stack)
        for question in questions:
            within, gold = {ids[path] for path in question.documents}, _gold(question, ids)
            places = [_places(question.text, services, passages, where) for where in (None, within)]
            found.append(Found(question.kind, *(not gold.isdisjoint(pages) for pages in places)))
        chunks = services.library.chunk_count()
    return found, len(paths), chunks


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
