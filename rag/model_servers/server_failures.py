"""Read the JSON that a model's server sends, and say what it did wrong, in one sentence that says what to do."""

import json
import re
from collections.abc import Mapping
from typing import Any

from rag.errors import BusyError, CitewellError, QuestionError, ServerError
from rag.types.server_model import KEY_VARIABLE, ServerModel

_MAX_MESSAGE = 200
_MAX_DIGITS = 18
"""Digits of a whole number: more do not fit 64 bits, nor a float in the end."""

_TOO_LONG = re.compile(
    r"exceed_context_size|context_length_exceeded|maximum context|max_model_len|context (?:length|size|window)"
    r"|(?:input|prompt|request) .{0,40}too (?:long|large)|physical batch size",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|model\b.{0,200}?\b(?:not found|does not exist|do not have|is not available|not loaded)"
    r"|(?:no such|unknown|invalid) model",
    re.IGNORECASE | re.DOTALL,
)


class RejectedRequestError(ServerError):
    """A server does not answer a request, perhaps for what is in it; `message` is its own.

    `is_failure` is True if by its status the server failed: only what the message names can then be at fault.
    """

    def __init__(self, sentence: str, message: str, *, is_failure: bool = False) -> None:
        super().__init__(sentence)
        self.message = message
        self.is_failure = is_failure


class OutOfServiceError(ServerError):
    """A server does not take a request, or breaks off: another one with the model could.

    `reason` is short; `passes` is True if the same server may take it in a moment.
    """

    def __init__(self, sentence: str, reason: str, *, passes: bool = True) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.passes = passes


class SilentServerError(ServerError):
    """A server has taken a request, and nothing more came of it for a long time."""


class UnknownModelError(ServerError):
    """A server does not have the model."""


class Failures:
    """The failures of one server; `setting` is the one that names it."""

    def __init__(self, server: ServerModel, setting: str, key: str) -> None:
        self._server = server
        self._setting = setting
        self._key = key

    @property
    def _who(self) -> str:
        return f"The server at {self._server.host}"

    def unreachable(self, reason: str, *, passes: bool = False) -> OutOfServiceError:
        """Return the error of a connection that does not come about; `passes` if a server may be starting there."""
        sentence = (
            f"{self._who} cannot be reached ({self.shown(reason)}). Start it, or correct the address in the setting "
            f"'{self._setting}'."
        )
        return OutOfServiceError(sentence, self.shown(reason), passes=passes)

    def silent(self, seconds: float) -> SilentServerError:
        """Return the error of a server from which nothing arrives."""
        return SilentServerError(
            f"{self._who} sent nothing for {seconds:g} seconds. See whether it is still working, or set server_seconds "
            "to more."
        )

    def broken_off(self) -> OutOfServiceError:
        """Return the error of a connection that ends before the answer does."""
        sentence = f"{self._who} broke off the connection. See whether it still runs, and ask again."
        return OutOfServiceError(sentence, "broke off the connection")

    def all_out(self, reasons: Mapping[str, str]) -> ServerError:
        """Return the error of several servers with the model none of which takes a request, with the reason by host."""
        each = "; ".join(f"{host}: {reason}" for host, reason in reasons.items())
        return ServerError(
            f"None of the servers of '{self._server.name}' answers ({each}). Start one of them, or correct the "
            f"addresses in the setting '{self._setting}'."
        )

    def no_json(self, what: str) -> ServerError:
        """Return the error of an answer that is not as the protocol has it."""
        return ServerError(
            f"{self._who} answers with {what}, not as the OpenAI protocol does. Correct the address in the setting "
            f"'{self._setting}': it usually ends in /v1."
        )

    def in_stream(self, message: str) -> CitewellError:
        """Return the error that came in place of the next piece of an answer."""
        if _TOO_LONG.search(message):
            return self.too_long(message)
        return ServerError(
            f"{self._who} failed while it answered ({self.shown(message)}). Look at its log, and ask again."
        )

    def too_long(self, message: str) -> QuestionError:
        """Return the error of a prompt that does not fit the window of the model there."""
        return QuestionError(
            f"{self._who} says that the prompt does not fit the model's window ({self.shown(message)}). Set "
            "context_tokens to the window that the server gives the model, or ask for fewer passages."
        )

    def of_status(self, status: int, headers: Mapping[str, str], body: bytes) -> CitewellError:
        """Return the error that a status other than 200 means."""
        message = message_of(body)
        if status in (401, 403):
            return self._refused_key(status)
        if 300 <= status < 400:
            to = self.shown(headers.get("location", "")) or "elsewhere"
            return ServerError(
                f"{self._who} redirects to {to}, which is not followed. Put the final address into the setting "
                f"'{self._setting}'."
            )
        if status != 404 and _TOO_LONG.search(message):
            return self.too_long(message)
        if status in (400, 404, 500) and _NO_MODEL.search(message):
            return UnknownModelError(self.unknown_model(()))
        return self._by_status(status, message)

    def _by_status(self, status: int, message: str) -> CitewellError:
        said = f" ({self.shown(message)})" if message else ""
        if status == 404:
            return ServerError(
                f"{self._who} does not have what was asked for{said}. Correct the address in the setting "
                f"'{self._setting}': it usually ends in /v1."
            )
        if status == 429:
            return BusyError(f"{self._who} takes no more questions now{said}. Ask again in a moment.")
        if status in (502, 503, 504):
            sentence = f"{self._who} is not ready ({status}){said}. Ask again when the model is loaded."
            return OutOfServiceError(sentence, f"not ready ({status})")
        if status in (400, 413, 422, 501):
            return RejectedRequestError(
                f"{self._who} rejects the request ({status}){said}. See what it supports, or choose another model.",
                message,
            )
        sentence = f"{self._who} failed ({status}){said}. Look at its log, and ask again."
        return RejectedRequestError(sentence, message, is_failure=True)

    def unknown_model(self, known: tuple[str, ...]) -> str:
        """Return the sentence for a model that the server does not have; `known` are those that it has."""
        has = f"It has {', '.join(self.shown(name) for name in known)}" if known else "It does not say which it has"
        return f"{self._who} has no model '{self._server.name}'. {has}: correct the setting '{self._setting}'."

    def _refused_key(self, status: int) -> ServerError:
        what = "refuses the key" if self._key else "wants a key"
        return ServerError(
            f"{self._who} {what} ({status}). Set the environment variable {KEY_VARIABLE} to a valid one."
        )

    def shown(self, text: str) -> str:
        """Return what a server says as one short line without the key."""
        text = text.replace(self._key, "…") if self._key else text
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).rstrip(".")
        return line if len(line) <= _MAX_MESSAGE else f"{line[:_MAX_MESSAGE]}…"


def message_of(body: bytes) -> str:
    """Return the message in the body of an error; "" if it is a page, or has none."""
    text = body.decode("utf-8", "replace").strip()
    try:
        return message_in(read_json(text))
    except (ValueError, RecursionError):
        return "" if text.startswith("<") else text


def message_in(value: Any) -> str:
    """Return the message of an error in JSON, in any of the forms that servers have."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(filter(None, map(message_in, value)))
    if not isinstance(value, dict):
        return ""
    parts = (value.get(name) for name in ("error", "message", "msg", "detail"))
    found = next((text for part in parts if (text := message_in(part))), "")
    kind = value.get("code") or value.get("type")
    return f"{found} [{kind}]" if found and isinstance(kind, str) and kind not in found else found


def read_json(text: str | bytes) -> Any:
    """Return the value of JSON.

    Raises:
        ValueError: it is no JSON, or has a whole number of too many digits.
        RecursionError: it is nested too deeply.
    """
    return json.loads(text, parse_int=_whole)


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS:
        raise ValueError("a number has too many digits")
    return int(digits)
