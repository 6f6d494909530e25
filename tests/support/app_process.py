"""Run the `citewell` command, or serve the app, in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.support.paths import ROOT


def citewell(
    *arguments: str, module: str = "cli", typed: str | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, and return its output and exit code; `typed` answers what it asks for."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        input=typed,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )


@contextmanager
def serving(
    library: Path,
    models: Path,
    *arguments: str,
    program: Sequence[str] = ("cli", "serve", "--port", "0"),
    **settings: str,
) -> Iterator[str]:
    """Run `citewell serve` or another program, yield its address, and stop it by its process id at the end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITEWELL_")}
    environment |= {"CITEWELL_LIBRARY": str(library), "CITEWELL_MODELS": str(models), "PYTHONPATH": str(ROOT)}
    environment |= {f"CITEWELL_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-u", "-m", *program, *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=library.parent) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def scripted(
    folder: Path, answer: str, *documents: Path, pause: float = 0, **settings: str
) -> AbstractContextManager[str]:
    """Run the app, its library in `folder`, with a model that says `answer` at `pause` seconds a word."""
    (folder / "answer.txt").write_text(answer)
    arguments = [str(folder / "answer.txt"), str(pause), *map(str, documents)]
    return serving(folder / "library", folder, *arguments, program=["tests.support.scripted_app"], **settings)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:  # ends when the process does
        if match := re.search(r"http://[\w.]+:\d+", line):
            return match.group()
    raise AssertionError(f"the server ended with {process.wait()} before it gave its address")
