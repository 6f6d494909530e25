"""Templates escape every value, also inside Markdown, and miss none."""

from html import unescape

import pytest
from jinja2 import UndefinedError
from markdown_it import MarkdownIt

from web.rendering.templates import render, render_macro

HOSTILE = "\"><script>alert('x')</script> & *a* _b_ `c` [d](javascript:e) ![f](g) ~~h~~ | $i$ \\"


def test_values_are_escaped() -> None:
    page = render("login.html", message=HOSTILE, query=HOSTILE, name=HOSTILE, base="", has_openid=False)
    assert "<script" not in page
    assert 'action="login&#34;&gt;&lt;script' in page


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("login.html", message="")


def test_a_mark_and_its_reason_are_out_of_the_reach_of_markdown() -> None:
    label = render_macro("answer.html", "label", "cw-weak", HOSTILE, "weak")
    view = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    assert unescape(view.render(label)) == unescape(f"<p>{label}</p>\n"), "nothing in it is markup"
    assert not set("*_`~[]()!\\|$") & set(label)
