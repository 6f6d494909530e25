"""Write files and folders atomically: a reader sees the old one or the new one, never a part."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target` to write a file or folder to; then move it to the target.

    One writer at a time: hold a lock where there may be others. Leftovers of a failed or killed writer are removed. A
    folder cannot replace an existing one.
    """
    partial = target.with_name(f".{target.name}.partial")
    _remove(partial)
    try:
        yield partial
        partial.replace(target)
    finally:
        _remove(partial)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
