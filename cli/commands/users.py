"""`citewell users`: manage who may sign in to the web app."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import AuthFileOption, LibraryOption, open_services, open_shared, open_users, read_settings
from rag.errors import SettingsError

if TYPE_CHECKING:
    from rag.runtime.audit_log import Action
    from rag.services import Services
    from serving.user_data import Holdings
    from serving.user_store import UserStore

app = typer.Typer(
    no_args_is_help=True,
    help="Who may sign in to the web app: add, list, role, password, remove, export, erase, import.",
)

NameArgument = Annotated[str, typer.Argument(help="The user's name.", metavar="NAME")]
RoleName = Literal["owner", "editor", "reader"]
RoleArgument = Annotated[RoleName, typer.Argument(help="owner, editor or reader.", metavar="ROLE")]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command()
def add(
    name: NameArgument,
    role: Annotated[
        RoleName | None, typer.Option(help="owner, editor or reader; by default the first is owner, others editors.")
    ] = None,
    auth_file: AuthFileOption = None,
    password_stdin: StdinOption = False,
) -> None:
    """Add a user. The file is created if missing; passwords are stored salted and hashed with scrypt."""
    users = _open(auth_file)
    added = users.add(name, _password(from_stdin=password_stdin), role)
    _record("user-added", added, users.role(added) or "")
    _print(f"{added} may sign in ({users.place})")


@app.command("list")
def list_(auth_file: AuthFileOption = None) -> None:
    """List the users with their roles."""
    users = _open(auth_file)
    for name in users.names():
        _print(f"{name} ({users.role(name)})")


@app.command("role")
def set_role(name: NameArgument, role: RoleArgument, auth_file: AuthFileOption = None) -> None:
    """Give a user another role, at once: owners have the admin page, editors add documents, readers ask."""
    changed = _open(auth_file).set_role(name, role)
    _record("role-changed", changed, role)
    _print(f"{changed} is {role} now")


@app.command()
def password(name: NameArgument, auth_file: AuthFileOption = None, password_stdin: StdinOption = False) -> None:
    """Change the password of a user, who is then signed out everywhere."""
    users = _open(auth_file)
    changed = users.change(name, _password(from_stdin=password_stdin))
    _record("password-changed", changed)
    _print(f"{changed} has another password")


@app.command()
def remove(name: NameArgument, auth_file: AuthFileOption = None) -> None:
    """Remove a user, who is signed out at once. What they stored stays in the library; shares and keys end."""
    from api.key_store import KeyStore
    from serving.share_store import ShareStore

    settings = read_settings(auth_file=auth_file)
    removed, shared = _open(auth_file).remove(name), open_shared(settings)
    ShareStore(settings.library, shared("shares")).forget_user(removed)
    KeyStore(settings.library, shared("keys")).revoke_all_of(removed)
    _record("user-removed", removed)
    _print(f"{removed} may no longer sign in")


def _open(auth_file: Path | None) -> "UserStore":
    users = open_users(read_settings(auth_file=auth_file))
    if users is None:
        raise SettingsError("Name the auth file: --auth-file FILE, or the setting auth_file.")
    return users


@app.command("import")
def import_(
    file: Annotated[
        Path | None, typer.Argument(help="An auth file; by default that of the setting auth_file.", metavar="FILE")
    ] = None,
    library: LibraryOption = None,
) -> None:
    """Take users of an auth file, and keys and shares of the library's folder, into the database that is set.

    What is in the database already stays. The files get '.imported' behind their names: nothing reads them any more.
    """
    from cli import output
    from serving.auth_file import Users
    from serving.known_users import stored_users_of

    services = open_services(library=library, tensor_parallel=1)
    users, file = stored_users_of(services), file or services.settings.auth_file
    if users is None:
        raise SettingsError("There is no database to take them into: set 'database' (docs/operations.md).")
    names = users.take(Users(file)) if file else []
    taken = [*([file] if file else []), *_take_from_folder(services)]
    for each in taken:
        each.rename(each.with_name(each.name + ".imported"))
    for name in names:
        _record("user-added", name, users.role(name) or "")
    _print(f"{output.count(len(names), 'user')} taken over; read: {', '.join(map(str, taken)) or 'nothing'}")


def _take_from_folder(services: "Services") -> list[Path]:
    """Take over the keys and shares of the library's folder; return the files that had them."""
    from api.key_store import KeyStore, keys_of
    from serving.ownership import shares_of
    from serving.share_store import ShareStore

    library = services.settings.library
    keys, shares = KeyStore(library), ShareStore(library)
    if keys.path.exists():
        keys_of(services).take(keys)
    if shares.path.exists():
        shares_of(services).take(shares)
    return [path for path in (keys.path, shares.path) if path.exists()]


FileArgument = Annotated[Path, typer.Argument(help="A file that does not exist yet.", metavar="FILE")]


@app.command()
def export(
    name: NameArgument, file: FileArgument, library: LibraryOption = None, auth_file: AuthFileOption = None
) -> None:
    """Put all that is stored of a user into a ZIP file: for them, or before they are erased."""
    from dataclasses import asdict

    from api.key_store import keys_of
    from serving.user_data import export_user
    from serving.user_store import normalize_name

    services, name = open_services(library=library, auth_file=auth_file), normalize_name(name)
    keys = [asdict(key) for key in keys_of(services).all() if key.owner == name]
    _require_stored(services, name)
    export_user(services, _open(auth_file), name, keys, file.absolute())
    _print(f"All that is stored of {name} is in {file}")


@app.command()
def erase(
    name: NameArgument,
    library: LibraryOption = None,
    auth_file: AuthFileOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a user with all that is theirs: documents, uploads, conversations, notes, shares and keys.

    The audit log keeps what they did, by name, until its files are rotated out. Backups keep what they have.
    """
    from api.key_store import keys_of
    from cli import output
    from serving.user_data import erase_user
    from serving.user_store import normalize_name

    services, name = open_services(library=library, auth_file=auth_file), normalize_name(name)
    stored = _require_stored(services, name)
    counts = ((stored.documents, "document"), (stored.conversations, "conversation"), (stored.notes, "note"))
    told = ", ".join(output.count(number, noun) for number, noun in counts)
    if not yes:
        typer.confirm(f"Erase {name} with {told}? It cannot be undone", abort=True)
    erase_user(services, _open(auth_file), name)
    keys_of(services).revoke_all_of(name)
    _print(f"{name} is erased, with {told}")


def _require_stored(services: "Services", name: str) -> "Holdings":
    """Return how much is stored of a user.

    Raises:
        SettingsError: there is no such user, and nothing of one.
    """
    from serving.known_users import users_of
    from serving.user_data import holdings_of

    held, users = holdings_of(services, name), users_of(services)
    known = users is not None and users.stamp(name) is not None
    if not name or not (known or held.are_any):
        raise SettingsError(f"There is no user '{name}', and nothing of one. 'citewell users list' shows their names.")
    return held


def _record(action: "Action", name: str, detail: str = "") -> None:
    from rag.runtime.audit_log import record

    record(read_settings().audit_log, action, name, detail)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _print(text: str) -> None:
    from cli import output

    output.out.print(output.printable(text))
