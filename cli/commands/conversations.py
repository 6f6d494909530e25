"""`citewell conversations`: list, show, export and delete the conversations of the chat."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import JsonOption, LibraryOption, find_conversation, open_services, print_json
from rag.errors import ExportError

if TYPE_CHECKING:
    from rag.services import Services
    from web.rendering.conversation_files import QuoteImage

app = typer.Typer(no_args_is_help=True, help="The conversations of the chat: list, show, export, delete.")

UserOption = Annotated[
    str | None, typer.Option("--user", help="Only those of this user; '' is the chat without accounts.")
]
IdArgument = Annotated[str, typer.Argument(help="Id as 'citewell conversations list' shows it.", metavar="ID")]


@app.command("list")
def list_(
    text: Annotated[
        str, typer.Argument(help="Only those with this text in their name, a question or an answer.", metavar="TEXT")
    ] = "",
    user: UserOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the conversations, latest first."""
    from cli import output

    found = open_services(library=library).conversations.conversations(user, text)
    if as_json:
        print_json([asdict(conversation) for conversation in found])
        return
    output.print_table(
        output.count(len(found), "conversation"),
        ("id", "name", "user", "answers", "last"),
        ((c.id, c.name, c.owner, str(c.exchanges), output.minute(c.updated_at)) for c in found),
    )


@app.command()
def show(conversation: IdArgument, library: LibraryOption = None) -> None:
    """Show a conversation with its quotes."""
    from cli import output, output_answers
    from rag.exports.conversation_record import answer_of

    services = open_services(library=library)
    output.out.print(f"[bold]{output.printable(find_conversation(services, conversation, None).name)}[/]")
    for exchange in services.conversations.exchanges(conversation, None):
        answer = answer_of(exchange.record, {})
        output_answers.print_answer(answer)
        if exchange.thumb:
            output.out.print(f"[dim]Rated {exchange.thumb}. {output.printable(exchange.remark)}[/]")


@app.command()
def export(
    conversation: IdArgument,
    format_: Annotated[
        Literal["md", "html", "json"],
        typer.Option("--format", help="Markdown, one page of HTML, or JSON to verify."),
    ] = "md",
    out: Annotated[Path | None, typer.Option(help="File to write; by default standard output.")] = None,
    library: LibraryOption = None,
) -> None:
    """Write a conversation to a file; 'citewell verify' checks a JSON one."""
    from web.rendering.conversation_files import export as write
    from web.rendering.conversation_files import no_image

    services = open_services(library=library)
    found = find_conversation(services, conversation, None)
    exchanges = services.conversations.exchanges(conversation, None)
    images = _quote_images(services) if format_ == "html" else no_image
    text = write(format_, found, exchanges, services.provenance().citewell, images)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"{out} cannot be written: {error.strerror}. Choose another file.") from error


@app.command()
def delete(
    conversation: IdArgument,
    library: LibraryOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a conversation with all that belongs to it. This cannot be undone."""
    from cli import output

    services = open_services(library=library)
    found = find_conversation(services, conversation, None)
    if not yes:
        typer.confirm(
            f"Delete '{output.printable(found.name)}' with {output.count(found.exchanges, 'answer')}?", abort=True
        )
    services.conversations.delete(conversation, None)


def _quote_images(services: "Services") -> "QuoteImage":
    """Return the source of quote images, for documents of all users: at the shell one may read them all."""
    from serving.page_images import open_page_images
    from web.rendering.quote_images import QuoteImages

    return QuoteImages(services.library, open_page_images(services, begins=False)).of(services.library.documents())
