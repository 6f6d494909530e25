"""Render text of models and users as Markdown in which nothing is live.

Formatting stays, and code shows exactly its characters. No HTML, image, link or address of the text survives: neither
what Markdown would make of it nor what it writes out. Code is written as our own `<code>` with every sign as an entity,
because inside backticks a Markdown view would show entities literally, and nothing could be made harmless there. So are
formulas, which the chat draws: a Markdown view would take their signs for its own.
"""

import re
from collections.abc import Callable, Sequence

from rag.text.markdown_code import Code, find_code
from rag.text.normalize import normalize
from rag.types import Sentence
from web.rendering.markdown_formulas import Formula, find_maths

_LIVE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<address>(?:https?|ftp)://|www\.)|[&<>\[\]`@\\]|~{3,}", re.IGNORECASE
)
"""Everything that Markdown would act on beyond formatting. A sign that the text itself escapes means that sign."""

_LIST_NUMBER = re.compile(r"^\s*\d+[.)]\s\Z", re.MULTILINE)
_SIGN = re.compile(r"[!-/:-@\[-`{-~\r\n]")


def inert_markdown(text: str, marks: Sequence[tuple[int, str]] = ()) -> str:
    """Return text of a model or a user for a Markdown view.

    `marks` are pieces of our own HTML and their offsets, in order; one in code or in a formula comes after it.
    """
    waiting = list(marks)
    parts: list[str] = []
    at = 0
    for part in verbatim_parts(text):
        shown = _maths_text(part) if isinstance(part, Formula) else _code_html(part)
        parts += [_with_marks(text, at, part.start, waiting), shown, *_due(waiting, part.end)]
        at = part.end
    parts.append(_with_marks(text, at, len(text), waiting))
    return "".join(parts)


def marked(written: str, sentences: Sequence[Sentence], mark: Callable[[Sentence], str]) -> str:
    """Return text of a model for a Markdown view, with a mark, which is HTML of our own, after each sentence."""
    text, at = "", 0
    marks: list[tuple[int, str]] = []
    verbatim = verbatim_parts(written)
    for sentence in sentences:
        # Older sentences may have lost what looked like a marker in code: there, "x[0]" is none.
        is_verbatim = any(part.start < sentence.end and sentence.start < part.end for part in verbatim)
        shown = written[sentence.start : sentence.end] if is_verbatim else sentence.text
        text += written[at : sentence.start]
        marks += _lacking(shown, sentence.missing, len(text))
        text += shown
        marks.append((len(text), mark(sentence)))
        at = sentence.end
    return inert_markdown(text + written[at:], marks)


def _lacking(shown: str, missing: Sequence[str], at: int) -> list[tuple[int, str]]:
    """Return marks around the facts of a sentence that no quote of it has; `at` is where the sentence begins.

    A figure is struck through, a name is only underlined: the quotes may call it something else.
    """
    if not missing:
        return []
    facts = "|".join(re.escape(each) for each in sorted(missing, key=len, reverse=True))
    found = re.finditer(rf"(?<![\w.,])(?:{facts})(?!\w|[.,]\d)", shown)
    marks: list[tuple[int, str]] = []
    for match in found:
        if not _LIST_NUMBER.search(shown[: match.end() + 2]):
            tag = "s" if _is_figure(match.group()) else "span"
            marks += [(at + match.start(), f'<{tag} class="cw-lacking">'), (at + match.end(), f"</{tag}>")]
    return marks


def _is_figure(fact: str) -> bool:
    """Return True for what has digits, and for a number in words; "First National" is a name."""
    return any(sign.isdigit() for sign in fact) or normalize(fact).strip().isdigit()


def verbatim_parts(text: str) -> list[Code | Formula]:
    """Return the code and the formulas of a text, in order."""
    codes = find_code(text)
    return sorted([*codes, *find_maths(text, codes)], key=lambda part: part.start)


def _maths_text(formula: Formula) -> str:
    left, right = ("\\[", "\\]") if formula.is_block else ("\\(", "\\)")
    return _SIGN.sub(lambda match: _entities(match[0]), f"{left}{formula.tex}{right}")


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
