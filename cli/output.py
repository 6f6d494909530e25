"""Print to the terminal: progress on standard error, results on standard output."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from rag.text.sanitize import strip_invisible

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_WHOLE_HEADING = 9
"""Headings up to this length are not broken on a narrow terminal."""


def printable(text: str) -> str:
    """Return text from file names, documents, models and users as one line that is safe to print.

    Rich's markup is escaped, white space becomes spaces, invisible characters are removed; a control character, such as
    the one that begins an escape sequence, becomes a replacement character.
    """
    visible, _ = strip_invisible(text)
    return escape(_CONTROL_CHARACTERS.sub("\ufffd", re.sub(r"[\t\n\v\f\r]+", " ", visible)))


class ProgressReporter:
    """Show the running work as one progress bar; without a terminal, print one plain line per kind of work."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._stage = ""
        self._printed: set[str] = set()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a stage are done; a total of 0 is unknown."""
        if self._progress is None:
            if stage not in self._printed:
                err.print(printable(f"{stage} …"))
                self._printed.add(stage)
            return
        if stage != self._stage or self._task is None:
            self.clear()
            self._task = self._progress.add_task(printable(stage), total=total or None)
            self._stage = stage
        self._progress.update(self._task, completed=done, total=total or None)

    def clear(self) -> None:
        """Remove the bar."""
        if self._progress is not None and self._task is not None:
            self._progress.remove_task(self._task)
        self._task, self._stage = None, ""


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Yield a place for bars on standard error, cleared at the end; None if that is no terminal."""
    if not err.is_terminal:
        yield None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        yield progress


@contextmanager
def show_progress() -> Iterator[ProgressReporter]:
    """Yield a reporter that shows a bar while it is open, if standard error is a terminal."""
    with progress_bar() as progress:
        reporter = ProgressReporter(progress)
        yield reporter
        reporter.clear()


def print_error(message: str) -> None:
    """Print an error message on standard error."""
    err.print(f"[bold red]Error:[/] {printable(message)}")


def print_table(
    title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], *, unbroken: Sequence[str] = ()
) -> None:
    """Print a plain table; cells of the columns `unbroken` stay in one line."""
    table = Table(title=printable(title), title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(
            column, overflow="fold", no_wrap=column in unbroken, min_width=min(len(column), _WHOLE_HEADING)
        )
    for row in rows:
        table.add_row(*(printable(cell) for cell in row))
    out.print(table)


def count(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 page" or "2 pages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def minute(at: str) -> str:
    """Return a time of the database to the minute."""
    return at[:16].replace("T", " ")


def decimal(value: float | None, digits: int = 3) -> str:
    """Return a measure with so many decimal places; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"
