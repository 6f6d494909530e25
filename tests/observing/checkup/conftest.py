"""A folder that may not be entered, also by root, who may enter every one."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Return a function that closes a folder: what is in it cannot be looked at."""
    closed: list[Path] = []

    def guarded(look: Callable[..., Any]) -> Callable[..., Any]:
        def as_a_stranger(path: Any, *args: Any, **named: Any) -> Any:
            if isinstance(path, str | Path) and any(folder in Path(path).parents for folder in closed):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return look(path, *args, **named)

        return as_a_stranger

    may = os.access

    def access(path: Any, *args: Any, **named: Any) -> bool:
        outside = not any(folder in (Path(path), *Path(path).parents) for folder in closed)
        return outside and may(path, *args, **named)

    monkeypatch.setattr(os, "stat", guarded(os.stat))
    monkeypatch.setattr(os, "lstat", guarded(os.lstat))
    monkeypatch.setattr(os, "access", access)
    return closed.append
