"""Print answers: text and thinking as they are written, then their sources with quotes, or why not to trust them."""

import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from cli.output import count, err, out, printable
from rag.answering.answer_notes import call_note
from rag.answering.overviews import kept_note
from rag.exports.support_notes import support_notes
from rag.exports.verification import Verification
from rag.grounding.abstention import explain, refusal
from rag.postprocessing.output_checks import stop_note
from rag.text.locations import chunk_location, cited_location
from rag.text.message_catalogues import messages_in
from rag.text.sentences import unfinished
from rag.text.table_rows import TableRows, table_rows
from rag.types import (
    Answer,
    Citation,
    Cited,
    Event,
    Planned,
    PromptRead,
    Retrieved,
    Sentence,
    Thought,
    Token,
    ToolCalled,
)
from rag.understanding.descriptions import describe_reading

_QUOTE_WIDTH = 300
_QUOTED_ROWS = 20
_LINE_WIDTH = 100
_INDENT = 4

Link = Callable[[int], str]
"""Returns the address of a source by its number in the answer, "" if it has none that can be opened."""


def no_link(_number: int) -> str:
    """Return no address: a `Link` for answers whose sources are not at hand."""
    return ""


def print_token(text: str) -> None:
    """Print a piece of an answer as it is generated. The generator has removed control characters already."""
    sys.stdout.write(text)
    sys.stdout.flush()


def showing_reading(
    events: Iterable[Event],
) -> Iterator[Planned | Retrieved | ToolCalled | Thought | Token | Cited | Answer]:
    """Yield the events but those of reading: on a terminal these are a line that goes once it is read."""
    line = err.status("")
    try:
        for event in events:
            if not isinstance(event, PromptRead):
                line.stop()
                yield event
            elif err.is_terminal:
                line.update(describe_reading(event))
                line.start()
    finally:
        line.stop()


class Thinking:
    """Print what the model thinks before its answer: all of it on standard error if `shown`, else that it does."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._begun = False

    def print(self, text: str) -> None:
        """Print another piece of it."""
        if not self._begun:
            err.print("[dim]Thinking …[/]")
        self._begun = True
        if self._shown:
            err.print(Text(text, style="dim"), end="")

    def end(self) -> None:
        """Set it apart from the answer that follows."""
        if self._begun and self._shown:
            err.print("\n")
        self._begun = False


def print_call(call: ToolCalled, language: str = "") -> None:
    """Print a call of a tool on standard error."""
    err.print(f"[dim]{printable(call_note(call, language))}[/]")


def print_answer(answer: Answer, link: Link = no_link) -> None:
    """Print a stored answer: question, text, and its sources or why it must not be trusted."""
    out.print(f"\n[bold]{printable(answer.question)}[/]")
    for call in answer.tool_calls:
        out.print(f"[dim]{printable(call_note(call, answer.language))}[/]")
    for line in answer.text.splitlines():
        out.print(printable(line))
    print_verdict(answer, link)


def print_verdict(answer: Answer, link: Link = no_link) -> None:
    """Print what goes under an answer: its sources with quotes, or why it must not be trusted.

    Terminals that know hyperlinks open a source by its `link`.
    """
    out.print()
    if note := stop_note(answer):
        out.print(f"[yellow]{note}[/]")
    if note := kept_note(answer):
        out.print(f"[dim]{note}[/]")
    if answer.abstained:
        _print_abstention(answer, link)
    else:
        _print_sources(answer, link)
    if answer.not_found:
        _print_not_found(answer)
    for own in answer.notes:
        out.print(f"[dim]{printable(own)}[/]")
    if answer.dropped and not (answer.notes and answer.plan.kind == "list"):  # its notes say so
        dropped = messages_in(answer.language).ngettext(
            "{number} more passage was found, but not read.",
            "{number} more passages were found, but not read.",
            len(answer.dropped),
        )
        out.print(f"[yellow]{dropped.format(number=len(answer.dropped))}[/]")
    timings = answer.timings
    writing_s = timings.generation.decode_s
    rate = f" ({timings.output_tokens / writing_s:.1f}/s)" if writing_s and timings.output_tokens else ""
    err.print(
        f"[dim]first token {timings.first_token_s:.1f} s, total {timings.total_s:.1f} s, {timings.prompt_tokens} "
        f"tokens read, {timings.output_tokens} written{rate}[/]"
    )


def _print_abstention(answer: Answer, link: Link) -> None:
    out.print(f"[bold yellow]{refusal(answer)}[/] {printable(explain(answer))}")
    if answer.nearest:
        said = messages_in(answer.language).gettext("What they do say, nearest to it")
        out.print(f"[bold]{said}[/]")
        _print_citation(answer.nearest, link)
    if answer.nearest_passages:
        nearest = messages_in(answer.language).gettext("Nearest passages")
        out.print(f"[bold]{nearest}[/]")
        for number, passage in answer.nearest_passages:
            chunk = passage.chunk
            _print_quote(number, chunk_location(chunk), chunk.text, link)


def _print_sources(answer: Answer, link: Link) -> None:
    if not answer.sentences:  # what is said about the app itself has none
        return
    gettext = messages_in(answer.language).gettext
    heading = gettext("Sources")
    out.print(f"[bold]{heading}[/]")
    printed: set[Citation] = set()
    cut = unfinished(answer)
    for sentence in answer.sentences:
        if sentence not in answer.not_found:
            _print_notes(sentence, answer.language, is_cut=sentence is cut)
        for citation in sentence.citations:
            if citation not in printed:
                printed.add(citation)
                _print_citation(citation, link)
        if sentence.disputed:
            disputed = gettext("Another source says otherwise than “{sentence}”").format(sentence=sentence.text)
            out.print(f"[yellow]{printable(disputed)}[/]")
        for citation in sentence.disputed:
            _print_citation(citation, link)


def _print_not_found(answer: Answer) -> None:
    """Print the sentences of a partial answer that must not be relied on."""
    gettext = messages_in(answer.language).gettext
    heading = gettext("Not found in the documents:")
    why = gettext("the sources do not support this part of the answer.")
    out.print(f"[bold yellow]{heading}[/] {why}")
    cut = unfinished(answer)
    for sentence in answer.not_found:
        said = replace(sentence, support="supported", translation="")  # the heading says it of all of them
        _print_notes(said, answer.language, is_cut=sentence is cut, always=True)


def _print_notes(sentence: Sentence, language: str, *, is_cut: bool, always: bool = False) -> None:
    """Print a sentence with the notes on its support, and the facts that its sources lack; nothing without notes."""
    notes = support_notes(replace(sentence, disputed=()), language, is_cut=is_cut)
    if notes or always:
        marks = "".join(f"  [yellow]{note}[/]" for note in notes)
        lacking = messages_in(language).gettext("not there: {facts}").format(facts=", ".join(sentence.missing))
        missing = f" [yellow]({printable(lacking)})[/]" if sentence.missing else ""
        out.print(f"[dim]“{printable(sentence.text)}”[/]{marks}{missing}")


def _print_citation(citation: Citation, link: Link) -> None:
    _print_quote(citation.number, cited_location(citation), citation.quote, link)


def _print_quote(number: int, location: str, quote: str, link: Link) -> None:
    heading = Text.from_markup(f"{printable(f'[{number}]')} [cyan]{printable(location)}[/]", emoji=False)
    if address := link(number):
        heading.stylize(Style(link=address))
    out.print(heading)
    if table := table_rows(quote):
        _print_table(table)
        return
    short = textwrap.shorten(quote, _QUOTE_WIDTH, placeholder=" …")
    width = min(_LINE_WIDTH, out.width - _INDENT) if out.is_terminal else _LINE_WIDTH
    for line in textwrap.wrap(f"“{short}”", max(width, _INDENT)):
        out.print(f"    {printable(line)}")


def _print_table(rows: TableRows) -> None:
    """Print a quoted table as a table, in lines that do not break."""
    if rows.before:
        out.print(f"    {printable(rows.before)}")
    table = Table(*map(printable, rows.heads), box=SIMPLE_HEAD, show_header=bool(rows.heads), pad_edge=False)
    for row in rows.rows[:_QUOTED_ROWS]:
        table.add_row(*map(printable, row))
    out.print(Padding(table, (0, 0, 0, 4), expand=False))
    more = len(rows.rows) - _QUOTED_ROWS
    if after := f"… and {count(more, 'more row')}" if more > 0 else rows.after:
        out.print(f"    {printable(after)}")


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
