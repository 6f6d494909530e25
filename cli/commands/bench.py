"""`citewell bench`: measure speed on this machine."""

from typing import Annotated

import typer

from cli.options import JsonOption, ModelOption
from rag.errors import SettingsError

app = typer.Typer(no_args_is_help=True, help="Measure speed on this machine (from a checkout).")

_PEER = "llama.cpp"


@app.command("generation")
def bench_generation(
    model: ModelOption = None,
    against: Annotated[str | None, typer.Option(help="llama.cpp, if a binding is installed.")] = None,
    runs: Annotated[int, typer.Option(help="Runs of each measure; the median is shown.", min=1)] = 3,
    as_json: JsonOption = False,
) -> None:
    """Measure tokens per second reading and writing, follow-ups, several users and memory, beside llama.cpp."""
    from rag.types.server_model import is_on_server

    if is_on_server(model):
        raise SettingsError("A model on a server is measured there: this measures the engine of this program.")
    if against not in (None, _PEER):
        raise SettingsError(f"'{against}' is not known here. Use --against {_PEER}.")
    from benchmarks import generation
    from benchmarks import llama_cpp_peer as peer

    if against and not peer.is_installed():
        raise SettingsError(
            "llama.cpp is not installed: pip install llama-cpp-python (takes some minutes to build), or xllamacpp "
            "(ready at once, but slower: built without AVX-512)."
        )
    generation.run(model or "default", against, runs, as_json=as_json)
