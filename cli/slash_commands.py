"""Commands of `citewell chat`: lines that begin with a slash."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, get_args

import typer

from cli.chat_session import ChatSession
from cli.output import count, minute, out, print_table, printable
from rag.errors import ExportError, QuestionError
from rag.text.locations import chunk_location, cited_location, place_of
from rag.types import Answer, Passage
from web.rendering.conversation_files import Format, export

_OPENED = frozenset(
    ".pdf .txt .md .csv .epub .rtf .docx .pptx .xlsx .odt .ods .odp .png .jpg .jpeg .tif .tiff .gif .bmp .webp".split()
)
"""Endings of files that a system shows rather than runs: sources are hostile, and scripts can be among them."""

_LISTED = 20


class _Command(NamedTuple):
    argument: str
    about: str
    run: Callable[[ChatSession, str], None]


def names() -> list[str]:
    """Return the commands with their slashes, also the one that leaves."""
    return [f"/{name}" for name in (*_COMMANDS, "quit")]


def run(session: ChatSession, line: str) -> bool:
    """Run the command in a line; return False if it is the one that leaves.

    Raises:
        CitewellError: there is no such command, or it cannot do what it is asked to.
    """
    name, _, argument = line.strip().removeprefix("/").partition(" ")
    if name in ("quit", "exit"):
        return False
    if name not in _COMMANDS:
        raise QuestionError(f"There is no command '/{name}'. /help lists them; a question begins without a slash.")
    _COMMANDS[name].run(session, argument.strip())
    return True


def _help(_session: ChatSession, _argument: str) -> None:
    for name, command in _COMMANDS.items():
        out.print(f"{printable(f'/{name} {command.argument}'):<18} {command.about}")
    out.print(f"{'/quit':<18} leave; so does Ctrl-D. Ctrl-C stops an answer, and keeps what there is of it")


def _new(session: ChatSession, _argument: str) -> None:
    session.new()
    out.print("[dim]A new conversation.[/]")


def _conversations(session: ChatSession, _argument: str) -> None:
    found = session.services.conversations.conversations(session.owner)
    rows = ((each.id, each.name, str(each.exchanges), minute(each.updated_at)) for each in found)
    print_table(count(len(found), "conversation"), ("id", "name", "answers", "last"), rows)


def _continue(session: ChatSession, argument: str) -> None:
    if not argument:
        raise QuestionError("Say which: /continue ID. /conversations lists them.")
    found = session.open(argument)
    out.print(f"[dim]Going on with “{printable(found.name)}”, {count(len(session.answers), 'answer')}.[/]")


def _sources(session: ChatSession, _argument: str) -> None:
    documents = session.documents
    out.print(f"{count(len(documents), 'document')} searched")
    for document in documents[:_LISTED]:
        out.print(f"    {printable(document.name)}")
    if len(documents) > _LISTED:
        out.print(f"    … and {len(documents) - _LISTED:,} more (citewell library list)")


def _quote(session: ChatSession, argument: str) -> None:
    answer, passage, number = _source(session, argument)
    quoted = [citation for citation in answer.citations if citation.number == number]
    texts = [(cited_location(citation), citation.quote) for citation in quoted]
    chunk = passage.chunk
    for location, text in dict.fromkeys(texts) or [(chunk_location(chunk), chunk.text)]:
        out.print(f"{printable(f'[{number}]')} [cyan]{printable(location)}[/]")
        for line in text.splitlines():
            for part in textwrap.wrap(line, max(20, out.width - 4)):
                out.print(f"    {printable(part)}")


def _open(session: ChatSession, argument: str) -> None:
    _, passage, number = _source(session, argument)
    document = session.services.library.document(passage.chunk.document_id)
    address = session.links(number)
    if document is None or not address:
        raise QuestionError(f"Source {number} is no file on this machine (any more). /quote {number} shows its text.")
    if address.startswith("file:"):
        if Path(document.source).suffix.lower() not in _OPENED:
            raise QuestionError(
                "A file of this kind may run a program when it is opened. If you trust it, open it yourself: "
                f"{document.source}."
            )
        address = document.source
    typer.launch(address)
    out.print(f"[dim]Opened {printable(document.name)}, {printable(place_of(passage.chunk))}.[/]")


def _save(session: ChatSession, argument: str) -> None:
    path = Path(argument).expanduser()
    form = next((form for form in get_args(Format) if path.suffix == f".{form}"), None)
    found = session.services.conversations.find(session.id, session.owner) if session.id else None
    if form is None:
        raise ExportError("Say where: /save FILE.md, FILE.html or FILE.json.")
    if found is None:
        raise ExportError("There is nothing to save yet: ask a question first.")
    exchanges = session.services.conversations.exchanges(session.id, session.owner)
    text = export(form, found, exchanges, session.services.provenance().citewell)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ExportError(f"{path} is there already. Choose another name.") from error
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}. Choose another file.") from error
    out.print(f"[dim]Saved in {printable(str(path))}.[/]")


def _model(session: ChatSession, argument: str) -> None:
    if argument:
        session.choose_model(argument)
    current = session.settings.get("model") or session.services.model_label
    for name in session.services.models:
        out.print(f"{'*' if name == current else ' '} {printable(name)}")


def _source(session: ChatSession, argument: str) -> tuple[Answer, Passage, int]:
    """Return the last answer and its source of that number.

    Raises:
        QuestionError: there is none.
    """
    answer = session.answers[-1] if session.answers else None
    number = int(argument) if argument.isascii() and argument.isdecimal() else 0
    if answer is None or not answer.passages:
        raise QuestionError("No answer with sources is shown yet: ask a question first.")
    if not 1 <= number <= len(answer.passages):
        raise QuestionError(f"Say which source of the last answer: a number from 1 to {len(answer.passages)}.")
    return answer, answer.passages[number - 1], number


_COMMANDS = {
    "help": _Command("", "this list", _help),
    "new": _Command("", "begin another conversation", _new),
    "conversations": _Command("", "list those that are kept", _conversations),
    "continue": _Command("ID", "go on with one of them", _continue),
    "sources": _Command("", "the documents that are searched", _sources),
    "quote": _Command("N", "what source N of the last answer says, in full", _quote),
    "open": _Command("N", "open source N of the last answer", _open),
    "save": _Command("FILE", "write the conversation to a .md, .html or .json file", _save),
    "model": _Command("NAME", "answer with another model; without a name, list them", _model),
}
