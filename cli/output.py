"""Print to the terminal: progress on standard error, results on standard output."""

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from rag.exports.verification import Verification
from rag.grounding.abstention import NOT_FOUND, explain
from rag.postprocessing.output_checks import STOP_NOTES
from rag.text.locations import document_location
from rag.text.sanitize import strip_invisible
from rag.text.sentences import unfinished
from rag.types import Answer, Citation, Sentence

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_SUPPORT_NOTE = {"supported": "", "weak": "  [yellow]weak support[/]", "unsupported": "  [red]not in the sources[/]"}
_QUOTE_WIDTH = 300


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


def print_token(text: str) -> None:
    """Print a piece of an answer as it is generated. The generator has removed control characters already."""
    sys.stdout.write(text)
    sys.stdout.flush()


def print_answer(answer: Answer) -> None:
    """Print a stored answer: question, text, and its sources or why it must not be trusted."""
    out.print(f"\n[bold]{printable(answer.question)}[/]")
    for line in answer.text.splitlines():
        out.print(printable(line))
    print_verdict(answer)


def print_verdict(answer: Answer) -> None:
    """Print what goes under an answer: its sources with quotes, or why it must not be trusted."""
    out.print()
    if answer.stop_reason in STOP_NOTES:
        out.print(f"[yellow]{STOP_NOTES[answer.stop_reason]}[/]")
    if answer.abstained:
        _print_abstention(answer)
    else:
        _print_sources(answer)
    if answer.not_found:
        _print_not_found(answer)
    if answer.dropped:
        out.print(
            f"[yellow]{count(len(answer.dropped), 'passage')} did not fit into the model's window and were not read.[/]"
        )
    timings = answer.timings
    rate = timings.output_tokens / max(timings.total_s - timings.first_token_s, 1e-6)
    err.print(
        f"[dim]first token {timings.first_token_s:.1f} s, total {timings.total_s:.1f} s, {timings.prompt_tokens} "
        f"tokens read, {timings.output_tokens} written ({rate:.1f}/s)[/]"
    )


def _print_abstention(answer: Answer) -> None:
    heading = "" if answer.text.strip() == NOT_FOUND else f"[bold yellow]{NOT_FOUND}[/] "
    out.print(f"{heading}{printable(explain(answer))}")
    if answer.nearest:
        out.print("[bold]Nearest passages[/]")
        for number, passage in answer.nearest:
            chunk = passage.chunk
            _print_quote(f"[{number}]", chunk.document, chunk.page, chunk.page_label, chunk.text)


def _print_sources(answer: Answer) -> None:
    out.print("[bold]Sources[/]")
    printed: set[Citation] = set()
    cut = unfinished(answer)
    for sentence in answer.sentences:
        note = _SUPPORT_NOTE[sentence.support] + ("  [yellow]unfinished[/]" if sentence is cut else "")
        if note and sentence not in answer.not_found:
            out.print(f"[dim]“{printable(sentence.text)}”[/]{note}{_missing_facts(sentence)}")
        for citation in sentence.citations:
            if citation not in printed:
                printed.add(citation)
                _print_quote(f"[{citation.number}]", citation.document, citation.page, citation.label, citation.quote)
        if sentence.disputed:
            out.print(f"[yellow]Another source says otherwise than “{printable(sentence.text)}”[/]")
        for citation in sentence.disputed:
            _print_quote(f"[{citation.number}]", citation.document, citation.page, citation.label, citation.quote)


def _print_not_found(answer: Answer) -> None:
    """Print the sentences of a partial answer that must not be relied on."""
    out.print("[bold yellow]Not found in the documents:[/] the sources do not support this part of the answer.")
    cut = unfinished(answer)
    for sentence in answer.not_found:
        note = "  [yellow]unfinished[/]" if sentence is cut else ""
        out.print(f"[dim]“{printable(sentence.text)}”[/]{note}{_missing_facts(sentence)}")


def _missing_facts(sentence: Sentence) -> str:
    """Return a note of the numbers, units and names of a sentence that its sources lack, or nothing."""
    return f" [yellow](not there: {printable(', '.join(sentence.missing))})[/]" if sentence.missing else ""


def _print_quote(marker: str, document: str, page: int, label: str, quote: str) -> None:
    out.print(f"{printable(marker)} [cyan]{printable(document_location(document, page, label))}[/]")
    short = textwrap.shorten(quote, _QUOTE_WIDTH, placeholder=" …")
    for line in textwrap.wrap(f"“{short}”", 100):
        out.print(f"    {printable(line)}")


def print_verification(result: Verification) -> None:
    """Print each difference between exported answers and the library, or that all of it holds."""
    for finding in result.findings:
        prefix = f"Answer {finding.answer}: " if result.answers > 1 else ""
        out.print(f"[red]{finding.kind:<17}[/] {prefix}{printable(finding.message)}")
    checked = (
        f"{count(result.sentences, 'sentence')}, {count(result.quotes, 'quote')} and "
        f"{count(result.documents, 'document')} checked"
    )
    if result.holds:
        out.print(f"[green]All of it holds:[/] {checked}.")
    else:
        out.print(f"{count(len(result.findings), 'finding')}; {checked}.")


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a plain table."""
    table = Table(title=printable(title), title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(printable(cell) for cell in row))
    out.print(table)


def count(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 page" or "2 pages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def decimal(value: float | None, digits: int = 3) -> str:
    """Return a measure with so many decimal places; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"
