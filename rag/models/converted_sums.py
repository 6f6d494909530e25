"""The sums of a converted model's files: written when it was converted, compared when a user asks for it."""

import json
from collections.abc import Iterator
from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import ENGINE_RECORD
from rag.runtime.file_hash import sha256_of
from rag.runtime.progress import Progress, no_progress

SUMS = "sums.json"


def write_sums(folder: Path) -> None:
    """Write the sha256 of every file of a folder into it."""
    sums = {path.relative_to(folder).as_posix(): sha256_of(path) for path in _files(folder)}
    (folder / SUMS).write_text(json.dumps(sums, indent=1), encoding="utf-8")


def verify_sums(folder: Path, report: Progress = no_progress) -> bool:
    """Compare every file of a folder with its sum; return False if none were written.

    Raises:
        ModelError: a file is missing or differs; the message names it.
    """
    try:
        sums = json.loads((folder / SUMS).read_bytes())
        expected = {str(name): str(value) for name, value in sums.items()}
    except FileNotFoundError:
        return False
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise changed(folder / SUMS) from error
    for number, (name, value) in enumerate(expected.items()):
        report(f"checking {folder.name}/{name}", number, len(expected))
        try:
            actual = sha256_of(folder / name)
        except OSError as error:
            raise changed(folder / name) from error
        if actual != value:
            raise changed(folder / name)
    return True


def changed(file: Path) -> ModelError:
    """Return the error that says that a file of a converted folder is not what was written."""
    return ModelError(
        f"{file} has changed since the model was converted, or cannot be read. Remove {file.parent}, and it will be "
        "converted anew when it is next loaded."
    )


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files that stay as they are: how a model was found to run is written into its record later."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in (ENGINE_RECORD, SUMS):
            yield path
