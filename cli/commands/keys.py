"""`citewell keys`: make, list and revoke the keys by which programs use the API."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AuthFileOption, JsonOption, LibraryOption, known_user, open_shared, print_json, read_settings

if TYPE_CHECKING:
    from api.key_store import KeyStore
    from rag.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Keys for programs that use the API: add, list, revoke.")

NameArgument = Annotated[str, typer.Argument(help="A name to know the key by.", metavar="NAME")]


@app.command()
def add(
    name: NameArgument,
    user: Annotated[
        str, typer.Option(help="The user of the app whose documents it reaches; by default the shell's own.")
    ] = "",
    collection: Annotated[str | None, typer.Option(help="Only the documents of this collection.")] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It may ask, and change nothing.")] = False,
    expires: Annotated[str | None, typer.Option(help="How long it lives: 12h, 90d, 6w; else until revoked.")] = None,
    requests: Annotated[int, typer.Option(min=0, help="Requests a minute; 0: no limit.")] = 0,
    tokens: Annotated[int, typer.Option(min=0, help="Tokens a minute, read and written; 0: no limit.")] = 0,
    library: LibraryOption = None,
    auth_file: AuthFileOption = None,
) -> None:
    """Make a key, and print it once: only a hash of it is stored."""
    from api.key import Key, expiry, parts_of
    from cli import output
    from rag.runtime.audit_log import record

    settings = read_settings(library=library, auth_file=auth_file)
    keys = _store(settings)
    now = keys.now()
    key = Key(
        id="",
        name=name,
        owner=known_user(settings, user),
        collection=collection,
        read_only=read_only,
        requests=requests,
        tokens=tokens,
        created_at=now.isoformat(timespec="seconds"),
        expires_at=expiry(expires, now) if expires else "",
    )
    text = keys.add(key)
    parts = parts_of(text)
    record(settings.audit_log, "key-added", parts[0] if parts else "", f"for {key.owner}" if key.owner else "")
    typer.echo(text)
    output.err.print("Keep it now: it is not shown again. 'citewell keys revoke' ends it.")


@app.command("list")
def list_(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the keys, with their last use."""
    from cli import output

    keys = _store(read_settings(library=library)).all()
    if as_json:
        print_json([asdict(key) for key in keys])
        return
    output.print_table(
        output.count(len(keys), "key"),
        ("name", "id", "user", "collection", "may", "expires", "last used"),
        (
            (
                key.name,
                key.id,
                key.owner,
                "" if key.collection is None else key.collection or "(none)",
                "read" if key.read_only else "read, write",
                output.minute(key.expires_at) or "never",
                output.minute(key.last_used_at) or "never",
            )
            for key in keys
        ),
    )


@app.command()
def revoke(name: NameArgument, library: LibraryOption = None) -> None:
    """Revoke a key. A running server refuses it at once."""
    from cli import output
    from rag.runtime.audit_log import record

    settings = read_settings(library=library)
    record(settings.audit_log, "key-revoked", _store(settings).revoke(name))
    output.out.print(output.printable(f"{name} is revoked"))


def _store(settings: "Settings") -> "KeyStore":
    from api.key_store import KeyStore

    return KeyStore(settings.library, open_shared(settings)("keys"))
