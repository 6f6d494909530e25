"""Model text as Markdown in which nothing is live (pure): its formatting stays, and code shows exactly its characters.

No HTML, image, link or address of the text survives: not what Markdown would make of it, nor what it says in so many
words. Code is written as our own `<code>` with every sign as an entity: inside backticks a Markdown view would show
entities literally, and so nothing could be made harmless there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from rag.types import Sentence, Span

_LIVE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])|(?P<address>(?:https?|ftp)://|www\.)|[&<>\[\]`@\\]|~{3,}", re.IGNORECASE
)
"""What Markdown would act upon beyond formatting. A sign that the text itself escapes stands for itself."""

_SIGN = re.compile(r"[!-/:-@\[-`{-~\n]")

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<items>(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)*)(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]")
_INDENTED = re.compile(r" {4}| {0,3}\t")
_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)


class _Code(NamedTuple):
    """Code at characters `[start, end)` of a text, which shows `content`. A block stands in lines of its own."""

    start: int
    end: int
    content: str
    is_block: bool

    def html(self) -> str:
        code = f"<code>{_SIGN.sub(lambda match: _entities(match.group()), self.content)}</code>"
        return f"<pre>{code}</pre>" if self.is_block else code


def inert_markdown(text: str, marks: Sequence[tuple[int, str]] = ()) -> str:
    """Text of a model or a user for a Markdown view.

    `marks` are pieces of our own HTML and where they belong, in order; one that falls into code comes after it.
    """
    waiting = list(marks)
    parts: list[str] = []
    at = 0
    for code in _code(text):
        parts += [_with_marks(text, at, code.start, waiting), code.html(), *_due(waiting, code.end)]
        parts.append("\n" if code.is_block else "")
        at = code.end
    parts.append(_with_marks(text, at, len(text), waiting))
    return "".join(parts)


def marked(written: str, sentences: Sequence[Sentence], mark: Callable[[Sentence], str]) -> str:
    """A text of a model's for a Markdown view, with a mark, which is HTML of our own, after each of its sentences."""
    text, at = "", 0
    marks: list[tuple[int, str]] = []
    code = code_spans(written)
    for sentence in sentences:
        # The sentence lacks what looks like a marker of the model's: in code, "x[0]" is none.
        has_code = any(sentence.start < span.end and span.start < sentence.end for span in code)
        said = written[sentence.start : sentence.end] if has_code else sentence.text
        text += written[at : sentence.start] + said
        marks.append((len(text), mark(sentence)))
        at = sentence.end
    return inert_markdown(text + written[at:], marks)


def code_spans(text: str) -> list[Span]:
    """Where a Markdown view shows code."""
    return [Span(code.start, code.end) for code in _code(text)]


def _with_marks(text: str, start: int, end: int, waiting: list[tuple[int, str]]) -> str:
    """Text without code, with the marks that are due up to its end."""
    parts: list[str] = []
    while waiting and waiting[0][0] <= end:
        parts += [_LIVE.sub(_harmless, text[start : waiting[0][0]]), waiting[0][1]]
        start = waiting.pop(0)[0]
    return "".join([*parts, _LIVE.sub(_harmless, text[start:end])])


def _due(waiting: list[tuple[int, str]], end: int) -> list[str]:
    """The marks up to here, each once: a block of code may be several sentences of the same source."""
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


def _code(text: str) -> Iterator[_Code]:
    """Code blocks and, between them, code spans, in order."""
    at = 0
    for block in [*_blocks(text), None]:
        end = block.start if block else len(text)
        for match in _SPAN.finditer(text, at, end):
            yield _Code(match.start(), match.end(), _span_content(match[2]), is_block=False)
        if block:
            yield block
            at = block.end


def _span_content(code: str) -> str:
    """As CommonMark has it: line ends are spaces, and one space at either end only sets off a backtick."""
    code = code.replace("\n", " ")
    return code[1:-1] if code.strip() and code[0] == code[-1] == " " else code


def _blocks(text: str) -> Iterator[_Code]:
    """Code blocks, fenced or indented, as CommonMark knows them; a fence that is not closed goes on to the end."""
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    index, after_blank, in_list = 0, True, False
    while index < len(lines):
        line = lines[index]
        fence = _FENCE.match(line)
        if fence:
            end = _closing(lines, index + 1, fence["fence"])
            content = [_dedented(inner, len(fence["indent"])) for inner in lines[index + 1 : end]]
            start, index = starts[index] + (fence.start("fence") if fence["items"] else 0), end + 1
        elif after_blank and not in_list and _is_indented(line):
            end = _end_of_indented(lines, index)
            content = [_dedented(inner, 4) for inner in lines[index:end]]
            start, index = starts[index], end
        else:
            in_list = bool(_ITEM.match(line)) or (in_list and (not after_blank or line[:1] in ("", " ", "\t")))
            after_blank = not line.strip()
            index += 1
            continue
        after_blank = False
        yield _Code(start, min(starts[min(index, len(lines))], len(text)), "\n".join(content), is_block=True)


def _closing(lines: Sequence[str], start: int, fence: str) -> int:
    """Index of the line that closes a fence, or the number of lines."""
    for index in range(start, len(lines)):
        line = lines[index].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return index
    return len(lines)


def _is_indented(line: str) -> bool:
    return bool(line.strip() and _INDENTED.match(line))


def _end_of_indented(lines: Sequence[str], start: int) -> int:
    """One past the last line of indented code; blank lines may stand within."""
    end = start
    for index in range(start, len(lines)):
        if _is_indented(lines[index]):
            end = index + 1
        elif lines[index].strip():
            break
    return end


def _dedented(line: str, columns: int) -> str:
    line = line.expandtabs(4)
    return line[min(columns, len(line) - len(line.lstrip(" "))) :]
