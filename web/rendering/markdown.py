"""Render text of models and users as Markdown in which nothing is live (pure).

Formatting stays, and code shows exactly its characters. No HTML, image, link or address of the text survives: neither
what Markdown would make of it nor what it writes out. Code is written as our own `<code>` with every sign as an entity,
because inside backticks a Markdown view would show entities literally, and nothing could be made harmless there.
"""

import re
from collections.abc import Callable, Sequence

from rag.text.markdown_code import Code, find_code
from rag.types import Sentence

_LIVE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<address>(?:https?|ftp)://|www\.)|[&<>\[\]`@\\]|~{3,}", re.IGNORECASE
)
"""Everything that Markdown would act on beyond formatting. A sign that the text itself escapes means that sign."""

_SIGN = re.compile(r"[!-/:-@\[-`{-~\r\n]")


def inert_markdown(text: str, marks: Sequence[tuple[int, str]] = ()) -> str:
    """Return text of a model or a user for a Markdown view.

    `marks` are pieces of our own HTML and their offsets, in order; one that falls into code comes after it.
    """
    waiting = list(marks)
    parts: list[str] = []
    at = 0
    for code in find_code(text):
        parts += [_with_marks(text, at, code.start, waiting), _code_html(code), *_due(waiting, code.end)]
        at = code.end
    parts.append(_with_marks(text, at, len(text), waiting))
    return "".join(parts)


def marked(written: str, sentences: Sequence[Sentence], mark: Callable[[Sentence], str]) -> str:
    """Return text of a model for a Markdown view, with a mark, which is HTML of our own, after each sentence."""
    text, at = "", 0
    marks: list[tuple[int, str]] = []
    codes = find_code(written)
    for sentence in sentences:
        # Older sentences may have lost what looked like a marker in code: there, "x[0]" is none.
        has_code = any(code.start < sentence.end and sentence.start < code.end for code in codes)
        shown = written[sentence.start : sentence.end] if has_code else sentence.text
        text += written[at : sentence.start] + shown
        marks.append((len(text), mark(sentence)))
        at = sentence.end
    return inert_markdown(text + written[at:], marks)


def _code_html(code: Code) -> str:
    html = f"<code>{_SIGN.sub(lambda match: _entities(match[0]), code.content)}</code>"
    return f"<pre>{html}</pre>" if code.is_block else html


def _with_marks(text: str, start: int, end: int, waiting: list[tuple[int, str]]) -> str:
    """Return a part of the text that has no code, with the marks that are due up to its end."""
    parts: list[str] = []
    while waiting and waiting[0][0] <= end:
        parts += [_LIVE.sub(_harmless, text[start : waiting[0][0]]), waiting[0][1]]
        start = waiting.pop(0)[0]
    return "".join([*parts, _LIVE.sub(_harmless, text[start:end])])


def _due(waiting: list[tuple[int, str]], end: int) -> list[str]:
    """Take the marks up to here, each once: a block of code may be several sentences of the same source."""
    due: dict[str, None] = {}
    while waiting and waiting[0][0] <= end:
        due[waiting.pop(0)[1]] = None
    return list(due)


def _harmless(match: re.Match[str]) -> str:
    if match["address"]:
        return match.group()[:-1] + _entities(match.group()[-1])
    return _entities(match["escaped"] or match.group())


def _entities(signs: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in signs)
