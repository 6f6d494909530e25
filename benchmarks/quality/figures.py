"""Measure figures looked up and computed from tables: `python -m benchmarks.quality.figures DIR [--near N] [--show]`.

DIR is the folder of the labelled sets. The questions are those of FinanceBench whose gold answer has a figure, and the
table, count and comparison questions of the everyday set. The gold pages are given as passages; with `--near`, so are
the pages of the same documents that have most of the question's words, which is where a wrong cell would come from. No
language model is needed.
"""

import argparse
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from evaluation.set_files import read_json_lines
from ingest.readers.registry import reader_for
from rag.answering.tables.plain_questions import compute
from rag.text.analyzer import words
from rag.text.figures import figures_in
from rag.types import Chunk, Computed, Page, Passage

HALVES = ("seen", "unseen")
_KINDS = ("table", "count", "comparison")
_ROUNDING = 1e-9
_TOLERANCE = Decimal("0.01")
"""Gold answers are rounded by hand: a figure within one per cent of one is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCase:
    """A question with its gold pages, and the points of a right answer, each in alternative spellings.

    `half` is "seen" if its results were looked at while the rules were made.
    """

    id: str
    set: str
    question: str
    points: tuple[tuple[str, ...], ...]
    pages: tuple[tuple[Path, int], ...]
    language: str = "en"
    half: str = "seen"


@dataclass(frozen=True, slots=True)
class NumberResult:
    """The result computed for a case, None if there is none, and the share of its points that the result has."""

    case: NumberCase
    computed: Computed | None
    recall: float


def main() -> None:
    """Print how many questions of each set and half have a result, and how many of these are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--near", type=int, default=0, help="so many of the nearest pages of the same documents, too")
    parser.add_argument("--half", choices=(*HALVES, "all"), default="all", help="which questions")
    parser.add_argument("--show", action="store_true", help="print every result")
    options = parser.parse_args()
    cases = [case for case in read_cases(options.folder) if options.half in ("all", case.half)]
    results = list(evaluate(cases, options.near))
    print("set\thalf\tquestions\tresults\tright\tpart right\twrong")
    for name in dict.fromkeys((result.case.set, result.case.half) for result in results):
        own = [result for result in results if (result.case.set, result.case.half) == name]
        print("\t".join(map(str, (*name, *_counts(own)))))
    for result in results if options.show else ():
        said = result.computed.statement if result.computed else "no result"
        print(f"{result.case.id} {result.recall:.2f}: {result.case.question[:100]} → {said}")


def _counts(results: Sequence[NumberResult]) -> tuple[int, ...]:
    found = [result for result in results if result.computed]
    right = sum(result.recall >= 1 - _ROUNDING for result in found)
    wrong = sum(result.recall == 0 for result in found)
    return len(results), len(found), right, len(found) - right - wrong, wrong


def read_cases(data: Path) -> list[NumberCase]:
    """Return the cases of both sets below `data`; a set that is missing is left out."""
    return [*_financebench(data / "financebench"), *_everyday(data)]


def evaluate(cases: Sequence[NumberCase], near: int = 0) -> Iterator[NumberResult]:
    """Read the documents and yield a result for every case."""
    read: dict[Path, list[Page]] = {}
    for case in cases:
        for path in dict.fromkeys(path for path, _ in case.pages):
            if path not in read:
                read[path] = list(reader_for(path, path.name).read(path))
        yield _result(case, read, near)


def judge(case: NumberCase, computed: Computed) -> float:
    """Return the share of the points that a result has: by a figure of the same value, or without one as text.

    Digits are not compared as text: "57" stands in "1,577".
    """
    said = f"{computed.statement} {computed.expression}"
    found = [figure for _, _, figure in figures_in(said)]
    has = 0
    for spellings in case.points:
        figures = {text: [figure for _, _, figure in figures_in(text)] for text in spellings}
        wanted = [figure for each in figures.values() for figure in each]
        as_text = any(text.lower() in said.lower() for text, its in figures.items() if not its)
        has += as_text or any(_is_near(one.value, other.value) for one in found for other in wanted)
    return has / len(case.points)


def _is_near(found: Decimal, wanted: Decimal) -> bool:
    return abs(abs(found) - abs(wanted)) <= abs(wanted) * _TOLERANCE


def _result(case: NumberCase, read: dict[Path, list[Page]], near: int) -> NumberResult:
    ids = {path: number for number, path in enumerate(dict.fromkeys(path for path, _ in case.pages), start=1)}
    paths = {number: path for path, number in ids.items()}
    places = list(case.pages)
    for path in ids if near else ():
        places += [(path, number) for number in _nearest(case.question, read[path], near)]

    def page_of(document: int, number: int) -> Page | None:
        return next((page for page in read[paths[document]] if page.number == number), None)

    passages = [
        _passage(page, path.name, ids[path])
        for path, number in dict.fromkeys(places)
        if (page := page_of(ids[path], number))
    ]
    computed = compute(case.question, passages, page_of, language=case.language)
    return NumberResult(case, computed, judge(case, computed) if computed else 0.0)


def _passage(page: Page, document: str, document_id: int) -> Passage:
    chunk = Chunk(
        id=0,
        document_id=document_id,
        document=document,
        page=page.number,
        page_label=page.label,
        start=0,
        end=len(page.text),
        text=page.text,
        heading="",
        title=Path(document).stem.replace("_", " "),
    )
    return Passage(chunk, 1.0)


def _nearest(question: str, pages: Sequence[Page], count: int) -> list[int]:
    """Return the numbers of the pages with most of the question's rarer words."""
    have = {page.number: Counter(words(page.text)) for page in pages}
    pages_with = Counter(word for counts in have.values() for word in counts)
    asked = {word: math.log(1 + len(pages) / pages_with[word]) for word in set(words(question)) if pages_with[word]}
    score = {
        number: sum(weight * counts[word] / (counts[word] + 1.2) for word, weight in asked.items())
        for number, counts in have.items()
    }
    return sorted(score, key=lambda number: -score[number])[:count]


def _financebench(folder: Path) -> Iterable[NumberCase]:
    if not (folder / "questions.jsonl").is_file():
        return
    for place, row in enumerate(read_json_lines(folder / "questions.jsonl")):
        pages = tuple(
            (folder / "pdfs" / f"{each['doc_name']}.pdf", int(each["evidence_page_num"]) + 1)
            for each in row["evidence"]
        )
        figures = [row["answer"][start:end] for start, end, _ in figures_in(row["answer"])]
        if figures and all(path.is_file() for path, _ in pages):
            yield NumberCase(
                id=row["financebench_id"],
                set=folder.name,
                question=row["question"],
                points=((figures[0],),),
                pages=pages,
                half=HALVES[place % 2],
            )


def _everyday(data: Path) -> Iterable[NumberCase]:
    if not (data / "everyday" / "questions.jsonl").is_file():
        return
    for place, row in enumerate(read_json_lines(data / "everyday" / "questions.jsonl")):
        documents = {Path(name).name: data / name for name in row["documents"] if not name.startswith("project:")}
        pages = tuple(
            (documents[each["document"]], each["page"])
            for each in row.get("gold_pages", ())
            if each["document"] in documents
        )
        if row["kind"] in _KINDS and row["key_points"] and pages and all(path.is_file() for path, _ in pages):
            yield NumberCase(
                id=row["id"],
                set="everyday",
                question=row["question"],
                points=tuple(tuple(_plain(text) for text in spellings) for spellings in row["key_points"]),
                pages=pages,
                language=row.get("language", "en"),
                half=HALVES[1 - place % 2],
            )


def _plain(text: str) -> str:
    return re.sub(r"^\*", "", text)


if __name__ == "__main__":
    main()
