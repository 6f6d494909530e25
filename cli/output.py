"""What the command line shows: progress on standard error, results on standard output."""

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
from rag.grounding.abstention import explain
from rag.prompting.prompt import NOT_FOUND, cited_place
from rag.text.sanitize import strip_invisible
from rag.text.sentences import unfinished
from rag.types import Answer, Citation, Sentence, StopReason

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_SUPPORT_NOTE = {"supported": "", "weak": "  [yellow]weak support[/]", "unsupported": "  [red]not in the sources[/]"}
_ENDINGS: dict[StopReason, str] = {
    "cancelled": "Stopped.",
    "length": "The answer reached its length limit and is cut off here (setting max_new_tokens).",
    "repetition": "The model began to repeat itself and was stopped here.",
    "filtered": "Stopped by the content filter (setting content_filter).",
}
_QUOTE_WIDTH = 300


def shown(text: str) -> str:
    """Text from file names, documents, models and users as a terminal may have it, on one line: nothing acts in it.

    Markup is escaped, white space is spaces, invisible characters go; a control character, such as the one that begins
    an escape sequence, is shown as a replacement character.
    """
    visible, _ = strip_invisible(text)
    return escape(_CONTROLS.sub("\ufffd", re.sub(r"[\t\n\v\f\r]+", " ", visible)))


class Reporter:
    """One progress line for whatever is being done; without a terminal, one plain line per kind of work."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._what = ""
        self._said: set[str] = set()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `what` is `done` of `total`; a total of 0 is unknown."""
        if self._progress is None:
            if what not in self._said:
                err.print(shown(f"{what} …"))
                self._said.add(what)
            return
        if what != self._what or self._task is None:
            self.clear()
            self._task = self._progress.add_task(shown(what), total=total or None)
            self._what = what
        self._progress.update(self._task, completed=done, total=total or None)

    def clear(self) -> None:
        """Take the line away."""
        if self._progress is not None and self._task is not None:
            self._progress.remove_task(self._task)
        self._task, self._what = None, ""


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A place for bars, on standard error, that is gone when it closes; None if nobody is looking."""
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
def reporting() -> Iterator[Reporter]:
    """A `Reporter` that shows a bar while it is open, if someone is looking."""
    with progress_bar() as progress:
        reporter = Reporter(progress)
        yield reporter
        reporter.clear()


def print_error(message: str) -> None:
    """One sentence for the user, on standard error."""
    err.print(f"[bold red]Error:[/] {shown(message)}")


def print_token(text: str) -> None:
    """A piece of an answer as it is written; control characters of a terminal never come this far."""
    sys.stdout.write(text)
    sys.stdout.flush()


def print_answer(answer: Answer) -> None:
    """A kept answer: the question, what was written, and what stands under it."""
    out.print(f"\n[bold]{shown(answer.question)}[/]")
    for line in answer.text.splitlines():
        out.print(shown(line))
    print_verdict(answer)


def print_verdict(answer: Answer) -> None:
    """What stands under a streamed answer: its sources with quotes, or why it must not be trusted."""
    out.print()
    if answer.stop_reason in _ENDINGS:
        out.print(f"[yellow]{_ENDINGS[answer.stop_reason]}[/]")
    if answer.abstained:
        _print_refusal(answer)
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


def _print_refusal(answer: Answer) -> None:
    said = "" if answer.text.strip() == NOT_FOUND else f"[bold yellow]{NOT_FOUND}[/] "
    out.print(f"{said}{shown(explain(answer))}")
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
            out.print(f"[dim]“{shown(sentence.text)}”[/]{note}{_lacking(sentence)}")
        for citation in sentence.citations:
            if citation not in printed:
                printed.add(citation)
                _print_quote(f"[{citation.number}]", citation.document, citation.page, citation.label, citation.quote)
        if sentence.disputed:
            out.print(f"[yellow]Another source says otherwise than “{shown(sentence.text)}”[/]")
        for citation in sentence.disputed:
            _print_quote(f"[{citation.number}]", citation.document, citation.page, citation.label, citation.quote)


def _print_not_found(answer: Answer) -> None:
    """What of a partial answer must not be relied on."""
    out.print("[bold yellow]Not found in the documents:[/] the sources do not support this part of the answer.")
    cut = unfinished(answer)
    for sentence in answer.not_found:
        note = "  [yellow]unfinished[/]" if sentence is cut else ""
        out.print(f"[dim]“{shown(sentence.text)}”[/]{note}{_lacking(sentence)}")


def _lacking(sentence: Sentence) -> str:
    """Which numbers, units and names the source of a sentence lacks."""
    return f" [yellow](not there: {shown(', '.join(sentence.missing))})[/]" if sentence.missing else ""


def _print_quote(marker: str, document: str, page: int, label: str, quote: str) -> None:
    out.print(f"{shown(marker)} [cyan]{shown(cited_place(document, page, label))}[/]")
    short = textwrap.shorten(quote, _QUOTE_WIDTH, placeholder=" …")
    for line in textwrap.wrap(f"“{short}”", 100):
        out.print(f"    {shown(line)}")


def print_verification(result: Verification) -> None:
    """What is no longer as the exported answers say, a line each; or that all of it holds."""
    for finding in result.findings:
        which = f"Answer {finding.answer}: " if result.answers > 1 else ""
        out.print(f"[red]{finding.kind:<17}[/] {which}{shown(finding.message)}")
    checked = (
        f"{count(result.sentences, 'sentence')}, {count(result.quotes, 'quote')} and "
        f"{count(result.documents, 'document')} checked"
    )
    if result.holds:
        out.print(f"[green]All of it holds:[/] {checked}.")
    else:
        out.print(f"{count(len(result.findings), 'finding')}; {checked}.")


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A plain table."""
    table = Table(title=shown(title), title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(shown(cell) for cell in row))
    out.print(table)


def count(number: int, noun: str) -> str:
    """A number of things, in words."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
