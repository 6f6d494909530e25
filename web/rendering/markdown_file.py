"""Write text of documents, models and users for a Markdown file that is read in an editor too.

Nothing in it is live, as in `web.rendering.markdown`, but signs are escaped only where Markdown would act on them, by
backslashes, and code is fenced: no browser shows this as HTML before a Markdown view has parsed it.
"""

import html
import re
from itertools import count

_ALWAYS = r"[\\`*<\[\]|$]"
_OUTER_UNDERSCORE = r"(?<!\w)_|_(?!\w)"
_ENTITY = r"&(?=#?\w+;)"
_ADDRESS = r"(?<=http):(?=//)|(?<=https):(?=//)|(?<=ftp):(?=//)|(?<=www)\.|(?<=\w)@(?=\w)"
_STRUCK = r"~(?=~)|(?<=~)~"
_LIVE = re.compile("|".join((_ALWAYS, _OUTER_UNDERSCORE, _ENTITY, _ADDRESS, _STRUCK)), re.IGNORECASE)
_BLOCK = re.compile(r"(?=[#>+\-=~:])|(?<=\d)(?=[.)](?:\s|$))")
"""Where a line would begin a heading, a quote, a list or a rule."""

_CODE = re.compile(
    r"<pre><code>(?P<block>.*?)</code></pre>|<code>(?P<span>.*?)</code>"
    r"|&#92;&#40;(?P<maths>[^<]*?)&#92;&#41;|&#92;&#91;(?P<maths_block>[^<]*?)&#92;&#93;|&#(?P<sign>\d+);",
    re.DOTALL,
)
_LACKING = re.compile(r'<(?P<tag>s|span) class="cw-lacking">(?P<fact>[^<]*)</(?P=tag)>')
"""A fact that no quote has, as `web.rendering.markdown` marks it. No other tag looks so: all else is entities."""

_ENTITIES = re.compile(r"&#(?P<sign>\d+);")

_AS_COMMANDS = (("<", "\\lt "), ("\\|", "\\Vert "), ("|", "\\vert "))
"""Signs that begin HTML or end a cell of a table, and what draws them in a formula."""
_ACTS = re.compile(r"[`$@&]|\]\s*[(\[]|://|www\.", re.IGNORECASE)


def inline(text: str) -> str:
    """Return text as one line of Markdown in which nothing is markup."""
    line = " ".join(text.split())
    escaped = _LIVE.sub(lambda match: f"\\{match.group()}", line)
    start = re.match(r"\d{1,9}", escaped)
    block = _BLOCK.match(escaped, start.end() if start else 0)
    return f"{escaped[: block.start()]}\\{escaped[block.start() :]}" if block else escaped


def readable(inert: str) -> str:
    """Return inert Markdown without entities: signs after backslashes, code in fences, formulas in dollars."""
    return _CODE.sub(_plain, _LACKING.sub(_lacking, inert))


def _lacking(match: re.Match[str]) -> str:
    """Return a figure struck through; what is wrong with a name, the words after its sentence say."""
    return f"~~{match['fact']}~~" if match["tag"] == "s" and match["fact"] else match["fact"]


def _plain(match: re.Match[str]) -> str:
    if match["sign"]:
        return _escaped(match)
    for kind, dollars in (("maths", "$"), ("maths_block", "$$")):
        if match[kind] is not None:
            return _formula(match[kind], dollars) or _ENTITIES.sub(_escaped, match.group())
    is_block = match["block"] is not None
    content = html.unescape(match["block"] if is_block else match["span"])
    fence = next(ticks for length in count(3 if is_block else 1) if (ticks := "`" * length) not in content)
    if is_block:
        return f"\n{fence}\n{content.strip(chr(10))}\n{fence}\n"
    return (
        f"{fence} {content} {fence}" if content.startswith("`") or content.endswith("`") else f"{fence}{content}{fence}"
    )


def _escaped(match: re.Match[str]) -> str:
    return f"\\{chr(int(match['sign']))}"


def _formula(entities: str, dollars: str) -> str:
    """Return a formula on one line in dollars; "" if a view that draws no maths would act on something in it."""
    tex = html.unescape(entities)
    for sign, command in _AS_COMMANDS:
        tex = tex.replace(sign, command)
    tex = " ".join(tex.split())
    return "" if _ACTS.search(tex) else f"{dollars}{tex}{dollars}"
