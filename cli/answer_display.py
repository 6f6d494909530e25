"""Show an answer while it is written: drawn in a terminal, as plain text elsewhere."""

import sys
import time
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.segment import Segment

from cli.output import out
from cli.output_answers import Thinking, print_call, print_token, showing_reading
from cli.source_links import SourceLinks
from cli.terminal_markdown import AnswerMarkdown, marked, settled_end
from rag.errors import ModelError
from rag.grounding.abstention import is_abstention
from rag.types import Answer, Event, Planned, Retrieved, Sentence, Thought, Token, ToolCalled

_REDRAW_S = 0.05
_SPARE_LINES = 2
"""Lines of the terminal that an unfinished block leaves free."""


class PlainText:
    """Text as it comes."""

    def write(self, text: str) -> None:
        """Show another piece."""
        print_token(text)

    def cite(self, sentences: tuple[Sentence, ...]) -> None:
        """Leave the text as it is: the sources stand below it."""

    def end(self) -> None:
        """Leave the line open, as the text does."""


class Drawing:
    """Markdown drawn as it comes: finished blocks are printed once, only the unfinished end is drawn again."""

    def __init__(self, console: Console, links: SourceLinks) -> None:
        self._console = console
        self._links = links
        self._written = ""
        self._sentences: tuple[Sentence, ...] = ()
        self._printed = 0
        self._drawn_at = 0.0
        self._live = Live(
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="visible",
        )

    def write(self, text: str) -> None:
        """Draw another piece."""
        self._live.start()
        self._written += text
        if time.monotonic() - self._drawn_at >= _REDRAW_S:
            self._draw()

    def cite(self, sentences: tuple[Sentence, ...]) -> None:
        """Draw the sources of the sentences that are complete."""
        self._sentences = sentences
        if self._live.is_started:
            self._draw()

    def end(self) -> None:
        """Print what is not printed yet."""
        self._live.stop()
        self._print(len(self._written))

    def _draw(self) -> None:
        self._drawn_at = time.monotonic()
        end = settled_end(self._written, self._printed, self._sentences)
        if end > self._printed:
            self._live.update(Group(), refresh=True)
            self._print(end)
        self._live.update(_LastLines(self._block(len(self._written))), refresh=True)

    def _print(self, end: int) -> None:
        if self._written[self._printed : end].strip():
            self._console.print(self._block(end))
        self._printed = end

    def _block(self, end: int) -> RenderableType:
        """Return what is not printed yet, below an empty line if something was printed."""
        block = AnswerMarkdown(marked(self._written, self._sentences, self._printed, end), self._links)
        return Group("", block) if self._printed else block


class _LastLines:
    """The last lines of something that may be higher than the terminal, in which nothing above could be redrawn."""

    def __init__(self, whole: RenderableType) -> None:
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self._whole, options.update(height=None), pad=False)
        for line in lines[-max(1, console.height - _SPARE_LINES) :]:
            yield from line
            yield Segment.line()


def view(links: SourceLinks) -> PlainText | Drawing:
    """Return a drawing if standard output is a terminal that can be drawn on, else plain text."""
    if out.is_terminal and not out.is_dumb_terminal and sys.stdout.isatty():
        return Drawing(Console(highlight=False, emoji=False), links)
    return PlainText()


def stream(events: Iterable[Event], links: SourceLinks, *, shows_thinking: bool) -> Answer:
    """Show the answer as its events come, after the thinking if that is wanted, and return it."""
    answer: Answer | None = None
    language = ""
    shown, thinking = view(links), Thinking(shown=shows_thinking)
    try:
        for event in showing_reading(events):
            if isinstance(event, Answer):
                answer = event
                links.show(answer.passages)
            elif isinstance(event, Planned):
                language = event.plan.language
            elif isinstance(event, Retrieved):
                links.show(event.passages)
            elif isinstance(event, ToolCalled):
                print_call(event, language)
            elif isinstance(event, Thought):
                thinking.print(event.text)
            elif isinstance(event, Token):
                thinking.end()
                if not is_abstention(event.text):  # the verdict says it in the language of the question
                    shown.write(event.text)
            else:
                shown.cite(event.sentences)
        whole = _whole(answer)
        if not whole.abstained:
            shown.cite(whole.sentences)
        return whole
    finally:
        shown.end()


def _whole(answer: Answer | None) -> Answer:
    if answer is None:
        raise ModelError("The answer broke off before its end. Ask again.")
    return answer
