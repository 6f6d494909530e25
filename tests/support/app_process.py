"""Run the `citewell` command, or serve the app, in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.support.paths import ROOT
from tests.support.servers.process_group import end_fork, end_process
from tests.support.waiting import until

_COMMAND_S = 300
_forks = get_context("forkserver")
# What takes seconds to import, once for all that are forked: Gradio and torch, and what models are loaded with.
_forks.set_forkserver_preload(
    [
        "tests.support.scripted_app",
        "web.server",
        "cli.main",
        "rag.generation.generator",
        "rag.retrieval.hybrid",
        "sentence_transformers",
        "transformers.models.bert.modeling_bert",
        "transformers.models.llama.modeling_llama",
    ]
)


def citewell(*arguments: str, typed: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, and return its output and exit code; `typed` answers what it asks for."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with TemporaryDirectory() as folder:
        stdin, stdout, stderr = (Path(folder) / name for name in ("stdin", "stdout", "stderr"))
        stdin.write_text(typed, encoding="utf-8")
        process = _forks.Process(target=_run_citewell, args=(arguments, environment, Path.cwd(), Path(folder)))
        process.start()
        process.join(timeout=_COMMAND_S)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"citewell {' '.join(arguments)}")
        return subprocess.CompletedProcess(arguments, process.exitcode, stdout.read_text(), stderr.read_text())


def _run_citewell(arguments: Sequence[str], environment: dict[str, str], folder: Path, streams: Path) -> None:
    _become(environment, folder)
    sys.stdin = (streams / "stdin").open(encoding="utf-8")
    sys.stdout = (streams / "stdout").open("w", encoding="utf-8")
    sys.stderr = (streams / "stderr").open("w", encoding="utf-8")
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        os.dup2(stream.fileno(), number)  # for those who write without Python
    sys.argv = ["citewell", *arguments]
    from cli.main import main

    main()


@contextmanager
def serving(
    library: Path,
    models: Path,
    *arguments: str,
    program: Sequence[str] = ("cli", "serve", "--port", "0"),
    **settings: str,
) -> Iterator[str]:
    """Run `citewell serve` or another program, yield its address, and stop it by its process id at the end."""
    environment = _environment(library, models, settings)
    command = [sys.executable, "-u", "-m", *program, *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=library.parent) as process:
        try:
            assert process.stdout is not None
            address = _address(process.stdout)
            until(lambda: _is_loaded(address, process), seconds=_COMMAND_S)
            yield address
        finally:
            end_process(process)


@contextmanager
def scripted(folder: Path, answer: str, *documents: Path, pause: float = 0, **settings: str) -> Iterator[str]:
    """Run the app, its library in `folder`, with a model that says `answer` at `pause` seconds a word."""
    with scripted_process(folder, answer, *documents, pause=pause, **settings) as (address, _):
        yield address


@contextmanager
def scripted_process(
    folder: Path, answer: str, *documents: Path, pause: float = 0, **settings: str
) -> Iterator[tuple[str, BaseProcess]]:
    """Run the app likewise, and yield its process as well, for a test that ends it in its own way."""
    (folder / "answer.txt").write_text(answer)
    arguments = [str(folder / "answer.txt"), str(pause), *map(str, documents)]
    with forked(_serve_scripted, folder, *arguments, **settings) as app:
        yield app


def _serve_scripted(*arguments: str) -> None:
    from tests.support.scripted_app import main

    main(*arguments)


@contextmanager
def forked(
    serve: Callable[..., None], folder: Path, *arguments: str, **settings: str
) -> Iterator[tuple[str, BaseProcess]]:
    """Run a function that serves an app and prints its address, the library in `folder`; yield that and its process."""
    environment = _environment(folder / "library", folder, settings)
    receiving, sending = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_serve, args=(serve, arguments, environment, folder, sending))
    process.start()
    sending.close()
    with receiving, open(receiving.fileno(), encoding="utf-8", closefd=False) as output:
        try:
            yield _address(output), process
        finally:
            end_fork(process)


def _serve(
    serve: Callable[..., None],
    arguments: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    output: Connection,
) -> None:
    os.dup2(output.fileno(), sys.stdout.fileno())
    _become(environment, folder)
    serve(*arguments)


def _become(environment: Mapping[str, str], folder: Path) -> None:
    """Give a process that is forked the variables and the folder of one that is begun."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)


def _environment(library: Path, models: Path, settings: Mapping[str, str]) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITEWELL_")}
    environment |= {"CITEWELL_LIBRARY": str(library), "CITEWELL_MODELS": str(models), "PYTHONPATH": str(ROOT)}
    return environment | {f"CITEWELL_{name.upper()}": value for name, value in settings.items()}


def _is_loaded(address: str, process: "subprocess.Popen[str]") -> bool:
    """Return whether the models are loaded; a server with a path of its own has `/ready` elsewhere."""
    assert process.poll() is None, "the server ended while it loaded its models"
    return httpx.get(f"{address}/ready").status_code != httpx.codes.SERVICE_UNAVAILABLE


def _address(output: Iterable[str]) -> str:
    for line in output:  # ends when the process does
        if match := re.search(r"http://[\w.:\[\]]+:\d+", line):
            return match.group()
    raise AssertionError("the server ended before it gave its address")
