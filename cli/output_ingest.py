"""Print what `citewell ingest` does: a line per file, and a bar with progress, speed and time left."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from rich.progress import Progress, TaskID

from cli.output import count, err, out, printable, progress_bar
from ingest.prepare import FileResult
from ingest.refresh import Outdated
from ingest.sources.files import File
from rag.types import LedgerEntry

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.web.crawl import CrawlReport

_STATUS_STYLE = {"added": "green", "replaced": "cyan", "unchanged": "dim", "failed": "red", "removed": "magenta"}
_PLANNED_STATUS = {
    "added": "would be added",
    "replaced": "would be replaced",
    "unchanged": "unchanged",
    "failed": "would fail",
    "removed": "would be removed",
}
_NAMED = 3
_MAX_ENDINGS = 5
_STATUS_WIDTH = 9
_PLANNED_WIDTH = 17


class IngestReporter:
    """Show a bar over the bytes of all files, with pages and chunks a second. Safe to call from several threads.

    Several files are read at once, so the page being read is shown for the last file only. It is also the `Progress` of
    the work before the first file: fetching and loading models.
    """

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._lock = Lock()
        self._task: TaskID | None = None
        self._sizes: list[int] = []
        self._finished = 0
        self._pages = 0
        self._place = ""
        self._chunks = 0
        self._embedded = 0
        self._started = monotonic()

    def start(self, files: Sequence[File], largest: int) -> None:
        """Begin the bar of these files, in their order; those larger than `largest` bytes will be rejected unread."""
        self._sizes = [size if (size := _size(file)) <= largest else 0 for file in files]
        self._started = monotonic()
        if self._progress is not None:
            self._task = self._progress.add_task("looking at the files", total=max(1, sum(self._sizes)))

    def file_done(self) -> None:
        """Count the next file as done."""
        with self._lock:
            self._finished += 1
            self._show(self._files() + self._rates())

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Count a page that was read or chunks that were embedded, or show any other work."""
        with self._lock:
            if stage == "reading":
                self._pages += 1
                self._place = f"reading page {done:,} of {total:,}" if total else ""
            elif stage == "embedding":
                self._place = ""
                self._chunks += max(0, done - self._embedded)
                self._embedded = done if done < total else 0
            else:
                self._show(printable(stage + (f" {100 * done // total} %" if total else "")))
                return
            self._show(self._files() + self._rates())

    def _files(self) -> str:
        if self._finished > len(self._sizes):  # archives hold more files than were counted at first
            return count(self._finished, "file")
        return f"{self._finished:,} of {count(len(self._sizes), 'file')}"

    def _rates(self) -> str:
        seconds = max(1e-3, monotonic() - self._started)
        is_last = len(self._sizes) - self._finished == 1
        read = self._place if is_last and self._place else f"{count(self._pages, 'page')} read"
        return f", {read}, {self._chunks / seconds:.0f} chunks/s"

    def _show(self, text: str) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=text, completed=sum(self._sizes[: self._finished]))


@contextmanager
def show_progress() -> Iterator[IngestReporter]:
    """Yield a reporter that shows a bar while it is open, if standard error is a terminal."""
    with progress_bar() as progress:
        yield IngestReporter(progress)


def print_file(result: FileResult, *, planned: bool = False) -> None:
    """Print the line of one ingested file."""
    style = _STATUS_STYLE[result.status]
    word, width = (_PLANNED_STATUS[result.status], _PLANNED_WIDTH) if planned else (result.status, _STATUS_WIDTH)
    detail = result.reason
    if not detail and result.status != "removed" and not (planned and result.status != "unchanged"):
        detail = f"{count(result.pages, 'page')}, {count(result.chunks, 'chunk')}"
        if result.status in ("added", "replaced"):
            detail += f", {result.seconds:.1f} s"
    out.print(f"[{style}]{word:<{width}}[/] {printable(result.name)}{': ' if detail else ''}{printable(detail)}")
    if result.note:
        out.print(f"{'':<{width}} [yellow]{printable(result.note)}[/]")


def print_summary(results: Iterable[FileResult], seconds: float, *, planned: bool = False) -> None:
    """Print the line after all files."""
    results = list(results)
    words = _PLANNED_STATUS if planned else {status: status for status in _STATUS_STYLE}
    counts = {status: sum(r.status == status for r in results) for status in _STATUS_STYLE}
    done = ", ".join(f"{number} {words[status]}" for status, number in counts.items() if number)
    if not results:
        out.print("nothing to ingest: there is no file of a supported format (docs/formats.md lists them)")
        return
    if planned:
        out.print(f"{done}; nothing was done")
        return
    ingested = [r for r in results if r.status in ("added", "replaced")]
    out.print(
        f"{done}; {count(sum(r.pages for r in ingested), 'page')} and "
        f"{count(sum(r.chunks for r in ingested), 'chunk')} ingested, {seconds:.1f} s"
    )


def print_left_out(paths: "Sequence[Path]") -> None:
    """Print how many files of folders were left out for their endings; nothing if none was."""
    if not paths:
        return
    endings = [ending for ending, _ in Counter(path.suffix.lower() or "no ending" for path in paths).most_common()]
    named = ", ".join(endings[:_MAX_ENDINGS]) + (", …" if len(endings) > _MAX_ENDINGS else "")
    err.print(
        f"left out  {count(len(paths), 'file')} of the folder: not of a format that is read ({printable(named)}). "
        "A text of another ending is read if the file itself is named."
    )


def print_crawl(crawl: "CrawlReport") -> None:
    """Print what a crawl left out, and why it ended before it had seen everything."""
    for reason, number in crawl.left_out.items():
        err.print(f"left out  {count(number, 'link')}: {printable(reason)}")
    if crawl.ended:
        err.print(f"not seen  {count(crawl.unvisited, 'link')} or more: {printable(crawl.ended)}")


def print_absent(entries: Sequence[LedgerEntry]) -> None:
    """Print the line about documents whose files are missing, but may come back."""
    err.print(
        f"{count(len(entries), 'source')} kept though not there, such as {printable(entries[0].source)}: no other "
        "file is left beside it, as when a disk is not mounted. 'citewell library remove' takes out what was deleted."
    )


def _size(file: File) -> int:
    try:
        return file.path.stat().st_size
    except OSError:  # its reader reports the error
        return 0


def print_refreshed(results: Sequence[FileResult], outdated: Outdated) -> None:
    """Print how many documents were read again, and those that could not be."""
    if not outdated.files and not outdated.without_source:
        out.print("every document is as this version reads it")
        return
    again = sum(result.status == "replaced" for result in results)
    failed = sum(result.status == "failed" for result in results)
    out.print(f"{again} read again" + (f", {failed} failed: their earlier versions answer" if failed else ""))
    if outdated.without_source:
        names = ", ".join(document.name for document in outdated.without_source[:_NAMED])
        more = ", …" if len(outdated.without_source) > _NAMED else ""
        lost = "has lost its file" if len(outdated.without_source) == 1 else "have lost their files"
        gone = count(len(outdated.without_source), "document")
        out.print(f"{gone} {lost}, and the earlier version answers: {printable(names)}{more}")
