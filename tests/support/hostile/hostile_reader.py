"""A reader that misbehaves as a file's name tells it to; files that crash, hang or swell real readers are rare."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.errors import DocumentError, LockedError
from rag.types import Page
from tests.support.hostile.hostile_tasks import hang, swell


def recipe(path: str, name: str) -> str:
    return "hostile-1"


def read(path: str, name: str, password: str | None = None) -> Iterator[dict[str, Any]]:
    if name.startswith("locked") and password != "right":
        raise LockedError("it is encrypted; give its password (at the shell with --password)")
    lines = Path(path).read_text().split("\n")
    for number, line in enumerate(lines, start=1):
        if number > len(lines) // 2:
            misbehave(path, name)
        yield {
            **asdict(Page(number=number, label=str(number), text=line, state="ready" if line else "empty")),
            "invisible": 0,
        }


def misbehave(path: str, name: str) -> None:
    match Path(name).stem.split("-")[0]:
        case "crash":
            os.abort()
        case "hang":
            hang()
        case "swell":
            swell()
        case "fail":
            raise DocumentError("it is damaged from here on")
        case "grow":
            with Path(path).open("a") as file:
                file.write("more")


TASKS = {"recipe": recipe, "read": read}
