"""`citewell users`: manage who may sign in to the web app."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AuthFileOption, read_settings
from rag.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from serving.auth_file import Users

app = typer.Typer(no_args_is_help=True, help="Who may sign in to the web app: add, list, password, remove.")

NameArgument = Annotated[str, typer.Argument(help="The user's name.", metavar="NAME")]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command()
def add(name: NameArgument, auth_file: AuthFileOption = None, password_stdin: StdinOption = False) -> None:
    """Add a user. The file is created if missing; passwords are stored salted and hashed with scrypt."""
    users = _open(auth_file)
    _print(f"{users.add(name, _password(from_stdin=password_stdin))} may sign in ({users.path})")


@app.command("list")
def list_(auth_file: AuthFileOption = None) -> None:
    """List the users."""
    from cli import output

    for name in _open(auth_file).names():
        output.out.print(output.printable(name))


@app.command()
def password(name: NameArgument, auth_file: AuthFileOption = None, password_stdin: StdinOption = False) -> None:
    """Change the password of a user, who is then signed out everywhere."""
    users = _open(auth_file)
    _print(f"{users.change(name, _password(from_stdin=password_stdin))} has another password")


@app.command()
def remove(name: NameArgument, auth_file: AuthFileOption = None) -> None:
    """Remove a user, who is signed out at once. What they stored stays in the library."""
    _print(f"{_open(auth_file).remove(name)} may no longer sign in")


def _open(auth_file: "Path | None") -> "Users":
    from serving.auth_file import Users

    path = read_settings(auth_file=auth_file).auth_file
    if path is None:
        raise SettingsError("Name the auth file: --auth-file FILE, or the setting auth_file.")
    return Users(path)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _print(text: str) -> None:
    from cli import output

    output.out.print(output.printable(text))
