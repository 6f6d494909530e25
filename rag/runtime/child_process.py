"""Start one of our own modules in a process of its own."""

import os
import sys
import time
from threading import Thread

_CHECK_S = 0.5


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module with this Python.

    The working folder is not searched for modules (`-P`): see `import_environment`.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def import_environment() -> dict[str, str]:
    """Return this process's environment with its import path, so that a child finds the same modules."""
    paths = (os.path.abspath(path) for path in sys.path)  # noqa: PTH100  "" is the working folder, "x.zip" is no folder
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def end_with(parent: int) -> None:
    """Have this process end, without a word, soon after the one that started it: nobody waits for its work then."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_CHECK_S)
        os._exit(1)

    Thread(target=watch, name="parent", daemon=True).start()
