"""A model outside the catalog, its JSON files, and the sentence that refuses it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ModelError

_LONGEST = 60

OTHER_CHAT_MODEL = "Choose a chat model in safetensors format, or one that 'citewell models list' names."


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model folder or file, and its name as the user gave it."""

    path: Path
    name: str

    def refusal(self, problem: str) -> ModelError:
        """Return the error that says why this model is refused, and what to do."""
        return ModelError(f"'{self.name}' {problem}")

    def read_json(self, file: str) -> Any:
        """Return the content of a JSON file of the folder, None if there is no such file.

        Raises:
            ModelError: the file is damaged, or may not be read.
        """
        path = self.path / file
        try:
            if not path.is_file():
                return None
            return json.loads(path.read_text(encoding="utf-8"))
        except PermissionError as error:
            raise self.unreadable(file) from error
        except (OSError, ValueError, RecursionError) as error:
            raise self.damaged(file) from error

    def read_object(self, file: str) -> dict[str, Any]:
        """Return the object in a JSON file of the folder, empty if there is no such file.

        Raises:
            ModelError: the file is damaged, or holds something else, or may not be read.
        """
        content = self.read_json(file)
        if content is not None and not isinstance(content, dict):
            raise self.damaged(file)
        return content or {}

    def damaged(self, file: str) -> ModelError:
        """Return the error for a file that cannot be read as what it should be."""
        return self.refusal(f"has a damaged {shown(file)}. Fetch or copy the model again, or choose another.")

    def unusable(self, problem: str, error: BaseException) -> ModelError:
        """Return the error for a folder that a library cannot load: the problem, and what the library says."""
        if "trust_remote_code" in str(error):
            return self.refusal(
                "needs Python code of its own (trust_remote_code), which Citewell never runs. Choose another model."
            )
        return self.refusal(f"{problem} ({first_line(error)}). Fetch or copy the model again, or choose another.")

    def unreadable(self, file: str) -> ModelError:
        """Return the error for a file that this user may not read."""
        return self.refusal(
            f"cannot be read: permission denied for {shown(file)}. Give the user that runs Citewell the right to read "
            "it."
        )


def shown(value: object, limit: int = _LONGEST) -> str:
    """Return a value of somebody's file as a message may show it: printable, and short."""
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, as a message may show it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return shown(lines[0] if lines else type(error).__name__, 2 * _LONGEST).rstrip(".")
