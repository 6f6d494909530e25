"""`citewell completion`: the script with which a shell completes commands, options and names."""

from typing import Annotated, Literal

import typer

from cli.shell_completion import COMPLETE_VARIABLE

Shell = Literal["bash", "zsh", "fish"]


def completion(shell: Annotated[Shell, typer.Argument(help="The shell that is to complete.", metavar="SHELL")]) -> None:
    """Print the script for bash, zsh or fish to complete with: 'source <(citewell completion bash)' in ~/.bashrc."""
    from typer._completion_shared import get_completion_script  # typer has no public name for it

    typer.echo(get_completion_script(prog_name="citewell", complete_var=COMPLETE_VARIABLE, shell=shell))
