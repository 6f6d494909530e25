"""Measure how many words of scanned pages are recognised: `python -m benchmarks.quality.scans DIR [--limit N]`.

DIR is a folder of documents, at any depth. Its scans are compared with labels of this project's own
(`labels/scans.jsonl`). Since few scans have a known text, pages of PDFs that state theirs are made into scans: another
group, named so. All are recognised in the process that reads documents.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from benchmarks.machine import describe, peak_memory_gb
from benchmarks.quality.made_scans import PrintedPage, Wear, printed_pages, scanned, words
from evaluation.set_files import read_json_lines
from ingest.sandbox.worker import Worker
from rag.errors import DocumentError

LABELS = Path(__file__).parent / "labels" / "scans.jsonl"

_PRINTED = 40
_OTHERS = 8
_RESOLUTIONS = (150, 200)
_SKEWS = (0.0, 0.6, -0.9, 1.4, -0.3)
_LARGE_SKEWS = (0.0, 4.0, -7.0)


class ScannedPage(NamedTuple):
    """A page to be recognised: its group, its file, its number there, and the words printed on it."""

    group: str
    path: Path
    number: int
    text: str


class FileReading(NamedTuple):
    """The text of each page of a file that was read, and the seconds a page took."""

    pages: dict[int, str]
    seconds_a_page: float


@dataclass(frozen=True, slots=True)
class WordScore:
    """Words printed, words recognised, and how many are the same: in any order, and in the printed order."""

    printed: int
    recognised: int
    right: int
    in_order: int

    def __add__(self, other: "WordScore") -> "WordScore":
        return WordScore(
            self.printed + other.printed,
            self.recognised + other.recognised,
            self.right + other.right,
            self.in_order + other.in_order,
        )

    @property
    def recall(self) -> float:
        """The share of the printed words that were recognised."""
        return self.right / self.printed if self.printed else 0.0

    @property
    def precision(self) -> float:
        """The share of the recognised words that are printed."""
        return self.right / self.recognised if self.recognised else 0.0

    @property
    def ordered_recall(self) -> float:
        """The share of the printed words that were recognised in their order."""
        return self.in_order / self.printed if self.printed else 0.0


NO_WORDS = WordScore(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """How one page was recognised, and the seconds it took."""

    group: str
    score: WordScore
    seconds: float


def main() -> None:
    """Print the words right, in order, and the seconds a page took, by groups of pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--limit", type=int, help="at most so many pages of each group")
    options = parser.parse_args()
    print(describe(), flush=True)
    outcomes = recognise(options.folder, options.limit)
    print("group\tpages\twords\trecall\tprecision\tin order\tworst page\ts a page")
    for group in dict.fromkeys(outcome.group for outcome in outcomes):
        own = [outcome for outcome in outcomes if outcome.group == group]
        total = sum((outcome.score for outcome in own), NO_WORDS)
        worst = min(outcome.score.recall for outcome in own)
        shares = "\t".join(f"{share:.3f}" for share in (total.recall, total.precision, total.ordered_recall, worst))
        seconds = fmean(outcome.seconds for outcome in own)
        print(f"{group}\t{len(own)}\t{total.printed:,}\t{shares}\t{seconds:.1f}")
    print(f"at most {1000 * peak_memory_gb(resource.RUSAGE_CHILDREN):.0f} MB in the reading process")


def recognise(folder: Path, limit: int | None = None) -> list[PageOutcome]:
    """Recognise the scans of a folder of documents, and those made of it; of each group at most `limit`."""
    worker = Worker()
    outcomes: list[PageOutcome] = []
    readings: dict[Path, FileReading] = {}
    try:
        with tempfile.TemporaryDirectory() as scratch:
            pages = [*_labelled(folder, limit), *_made(folder, Path(scratch), limit)]
            for page in pages:
                if page.path not in readings:
                    readings[page.path] = _reading(worker, page.path)
                outcomes.append(_outcome(page, readings[page.path]))
    finally:
        worker.close()
    return outcomes


def _labelled(folder: Path, limit: int | None) -> Iterator[ScannedPage]:
    taken: Counter[str] = Counter()
    for row in read_json_lines(LABELS):
        path = folder / row["file"]
        if path.is_file() and (limit is None or taken[row["group"]] < limit):
            taken[row["group"]] += 1
            yield ScannedPage(f"scans of the set, {row['group']}", path, row["page"], row["text"])


def _made(folder: Path, scratch: Path, limit: int | None) -> Iterator[ScannedPage]:
    known = list(printed_pages(folder))
    prose = [page for page in known if not page.is_table][:_PRINTED][:limit]
    tables = [page for page in known if page.is_table][:limit]
    few = prose[: min(_OTHERS, limit or _OTHERS)]
    for place, page in enumerate(prose):
        wear = Wear(dpi=_RESOLUTIONS[place % 2], skew=_SKEWS[place % len(_SKEWS)])
        yield _saved("made, printed", page, wear, scratch)
    for page in tables:
        yield _saved("made, tables", page, Wear(), scratch)
    for place, page in enumerate(few):
        wear = Wear(turns=1 + place % 3, skew=_LARGE_SKEWS[place % len(_LARGE_SKEWS)])
        yield _saved("made, turned by quarters and crooked", page, wear, scratch)
    for page in few:
        yield _saved("made, 100 dots per inch", page, Wear(dpi=100, noise=14.0, quality=50), scratch)


def _saved(group: str, page: PrintedPage, wear: Wear, scratch: Path) -> ScannedPage:
    path = scratch / f"{len(list(scratch.iterdir())):03}.png"
    scanned(page, wear).save(path)
    return ScannedPage(group, path, 1, page.text)


def _outcome(page: ScannedPage, read: FileReading) -> PageOutcome:
    return PageOutcome(page.group, compare(page.text, read.pages.get(page.number, "")), read.seconds_a_page)


def _reading(worker: Worker, path: Path) -> FileReading:
    started = time.perf_counter()
    pages: dict[int, str] = {}
    try:
        for page in worker.stream("read", path=str(path), name=path.name):
            pages[page["number"]] = _said_once(page["text"], page["structure"]["tables"])
    except DocumentError as error:
        print(f"{path.name}: {error}", file=sys.stderr)
    return FileReading(pages, (time.perf_counter() - started) / max(1, len(pages)))


def _said_once(text: str, tables: Sequence[dict[str, Any]]) -> str:
    """Return a page's text with the cells of tables as they are printed: heads are not said again in every row."""
    for table in reversed(tables):
        cells = "\n".join(text[cell["start"] : cell["end"]] for cell in table["cells"])
        text = f"{text[: table['start']]}\n{cells}\n{text[table['end'] :]}"
    return text


def compare(printed: str, recognised: str) -> WordScore:
    """Return how the words of a recognised page compare with those printed on it."""
    truth, found = words(printed), words(recognised)
    right = (Counter(truth) & Counter(found)).total()
    matcher = SequenceMatcher(None, truth, found, autojunk=False)
    in_order = sum(block.size for block in matcher.get_matching_blocks())
    return WordScore(len(truth), len(found), right, in_order)


if __name__ == "__main__":
    main()
