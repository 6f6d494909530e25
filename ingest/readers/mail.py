"""Read messages (EML, Outlook's MSG): the headers people look for, the text, the names of attachments."""

import email
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import chain
from pathlib import Path

import oxmsg

from ingest.readers.blocks.assembly import unit_pages
from ingest.readers.blocks.block import Content, Note, heading, paragraph
from ingest.readers.blocks.pages import metadata_of, unit_label
from ingest.readers.encoding import decode
from ingest.readers.html import html_blocks
from rag.types import Page

_HEADERS = ("From", "To", "Cc", "Date")
_METADATA = {"title": "Subject", "author": "From", "date": "Date"}
_MAX_DEPTH = 8
_MAX_MESSAGES = 500
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted", "multipart/encrypted")


class EmlReader:
    """Read a message and those that it forwards."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  not supported for mail
        """Yield a page per message."""
        data = path.read_bytes()
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            data = decode(data).encode()
        message = email.message_from_bytes(data)
        headers = {key: _header(message, name) for key, name in _METADATA.items()}
        units = ((unit_label("message", _header(one, "Subject")), _blocks(one)) for one in _messages(message))
        yield from unit_pages(units, _metadata(**headers))


class MsgReader:
    """Read a message saved by Outlook."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or several for a long message."""
        with path.open("rb") as stream:
            message = oxmsg.Message.load(stream)
        metadata = _metadata(message.subject or "", message.sender or "", str(message.sent_date or ""))
        yield from unit_pages([(unit_label("message", message.subject or ""), _outlook_blocks(message))], metadata)


def _messages(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the message and those within it, each once, up to a depth and number."""
    yield message
    if depth < _MAX_DEPTH and message.is_multipart():
        count = 0
        for part in _parts(message):
            if part.get_content_type() == "message/rfc822":
                for inner in part.get_payload():
                    if isinstance(inner, Message) and count < _MAX_MESSAGES:
                        count += 1
                        yield from _messages(inner, depth + 1)


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the leaves of a message, without HTML that another says in plain text; a message within it is a leaf."""
    if message.get_content_type() == "message/rfc822" and depth:
        yield message
    elif message.is_multipart() and depth < 50:
        branches = [list(_parts(part, depth + 1)) for part in message.get_payload() if isinstance(part, Message)]
        is_choice = message.get_content_type() == "multipart/alternative" and any(map(_is_plain, branches))
        yield from (part for part in chain.from_iterable(branches) if not (is_choice and _text_kind(part) == "html"))
    else:
        yield message


def _is_plain(parts: Sequence[Message]) -> bool:
    """Return True if there is plain text, and nothing in HTML beside it that would be lost."""
    kinds = [_text_kind(part) for part in parts]
    texts = (_body(part) for part, kind in zip(parts, kinds, strict=True) if kind == "plain")
    return "html" not in kinds and any(text.strip() for text in texts)


def _text_kind(part: Message) -> str:
    """Return "plain" or "html" for a text of the message itself, "" for anything else."""
    kind = part.get_content_type()
    is_shown = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
    return kind.removeprefix("text/") if is_shown else ""


def _blocks(message: Message) -> Iterator[Content]:
    subject = _header(message, "Subject")
    yield heading(1, subject)
    yield paragraph("\n".join(f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))))
    if message.get_content_type() in _ENCRYPTED:
        yield Note("the message is encrypted, and only its headers are read")
        return
    attached: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        name = _name(part)
        if part.get_content_disposition() == "attachment" or (name and not kind.startswith("text/")):
            attached.append(name or kind)
        elif kind == "text/plain":
            yield from _paragraphs(_body(part))
        elif kind == "text/html":
            yield from html_blocks(_body(part))
    if attached:
        yield paragraph("Attached, not read: " + ", ".join(attached))


def _outlook_blocks(message: oxmsg.Message) -> Iterator[Content]:
    yield heading(1, message.subject or "")
    recipients = ", ".join(f"{one.name} <{one.email_address}>" for one in message.recipients)
    lines = [("From", message.sender or ""), ("To", recipients), ("Date", str(message.sent_date or ""))]
    yield paragraph("\n".join(f"{name}: {value}" for name, value in lines if value))
    body = message.body or ""
    if body.strip():
        yield from _paragraphs(body)
    elif message.html_body:
        yield from html_blocks(message.html_body)
    names = [one.file_name or "an unnamed file" for one in message.attachments]
    if names:
        yield paragraph("Attached, not read: " + ", ".join(names))


def _paragraphs(text: str) -> Iterator[Content]:
    yield from map(paragraph, text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"))


def _metadata(title: str, author: str, date: str) -> dict[str, str]:
    with suppress(ValueError, TypeError, OverflowError):
        date = parsedate_to_datetime(date).isoformat()
    return metadata_of([("title", title), ("author", author), ("date", date)])


def _header(message: Message, name: str) -> str:
    """Return a header decoded, or as it stands if it is malformed."""
    try:
        value = message.get(name, "")
        return " ".join(str(make_header(decode_header(value))).split())
    except (ValueError, LookupError, UnicodeError, TypeError):
        return " ".join(str(message.get(name, "")).split())


def _name(part: Message) -> str:
    with suppress(ValueError, LookupError, UnicodeError, TypeError):
        return " ".join(str(make_header(decode_header(part.get_filename() or ""))).split())
    return "an attachment"


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return str(part.get_payload())
    charset = part.get_content_charset()
    return decode(payload, str(charset) if charset else None)
