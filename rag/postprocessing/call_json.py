"""Read JSON that may still be written, and calls in it."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_CALL = 20_000
"""Most characters of a call: what is longer is text."""

_NAME = re.compile(r"[\w.-]{1,64}")
_SPACE = re.compile(r"\s*")
_SIGN = re.compile(r'"(?:[^"\\]++|\\.)*+(?P<closing>"?)|[{}\[\]]', re.DOTALL)
_BEGINNING = re.compile(r'\{\s*(?:["}]|\Z)|\[\s*(?:[{\]]|\Z)')
_KEYS = ("name", "type", "id", "parameters", "arguments")
_GIVEN_ID = re.compile(r"[A-Za-z0-9]{9}")


class WrittenCall(NamedTuple):
    """A call as it is written; `id` is "" if it names none."""

    name: str
    arguments: Mapping[str, Any]
    id: str = ""


class ReadCalls(NamedTuple):
    """Calls that end before character `end` of a text; none yet if they are still being written."""

    calls: tuple[WrittenCall, ...]
    end: int


PENDING = ReadCalls((), -1)
"""The text may be the beginning of a call."""


class Value(NamedTuple):
    """A JSON value that ends before character `end` of a text."""

    value: Any
    end: int


def skip_space(text: str, at: int) -> int:
    """Return where the white space from `at` on ends."""
    match = _SPACE.match(text, at)
    return match.end() if match else at


def read_json(text: str, at: int, *, ended: bool) -> Value | ReadCalls | None:
    """Return the object, or list of objects, that begins at `at`: `PENDING` if it goes on, None if there is none."""
    if at == len(text):
        return None if ended else PENDING
    if not _BEGINNING.match(text, at):
        return None
    depth = 0
    for sign in _SIGN.finditer(text, at):
        if sign[0][0] == '"':
            if not sign["closing"]:
                break
            continue
        depth += 1 if sign[0] in "{[" else -1
        if not depth:
            value = _parsed(text[at : sign.end()])
            return None if value is None else Value(value, sign.end())
    return None if ended else PENDING


def call_of(value: Any, *, needs_arguments: bool = False) -> WrittenCall | None:
    """Return the call that a JSON value is: an object of a name and arguments. None if it is none."""
    if not isinstance(value, dict):
        return None
    given = value.get("arguments", value.get("parameters"))
    arguments = _parsed(given) if isinstance(given, str) else {} if given is None and not needs_arguments else given
    name, id_ = value.get("name"), value.get("id")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(arguments, dict):
        return None
    return WrittenCall(name, arguments, id_ if isinstance(id_, str) and _GIVEN_ID.fullmatch(id_) else "")


def may_be_call(text: str, at: int = 0) -> bool:
    """Return whether the object at `at` may be a call by its first key: other JSON is not held back to its end."""
    beginning = "".join(text[at : at + 80].split())
    keys = [f'{{"{key}":' for key in _KEYS]
    return any(beginning.startswith(key) or key.startswith(beginning) for key in keys)


def name_at(text: str, at: int) -> str:
    """Return the name of a tool that begins at `at`, as far as it is written; "" if none does."""
    match = _NAME.match(text, at)
    return match[0] if match else ""


def parsed_arguments(text: str) -> dict[str, Any] | None:
    """Return the arguments that a text is in JSON; None if it is no object."""
    value = _parsed(text) if text.strip() else {}
    return value if isinstance(value, dict) else None


def _parsed(text: str) -> Any:
    """Return the value of a JSON text, with line breaks in strings as models write them; None if it is no JSON."""
    try:
        return json.loads(text, strict=False, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(name: str) -> None:
    raise ValueError(name)
