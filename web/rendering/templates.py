"""Fill in the HTML templates of `web/templates`, in which every value is escaped."""

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import web
from rag.text.message_catalogues import LANGUAGES, SOURCE
from web.page_language import current_language, decimal, direction, gettext, in_language, ngettext
from web.rendering.markdown import inert_markdown
from web.rendering.page_theme import current_theme

_MARKDOWN_SIGN = re.compile(r"[*_`~\[\]()!\\|$\n]")


def render(template: str, **values: Any) -> str:
    """Return the HTML of a template, whose own texts are in the language of the page."""
    return _environment().get_template(template).render(values)


def render_macro(template: str, macro: str, *values: Any, language: str = SOURCE) -> str:
    """Return the HTML of one macro of a template, with the template's own texts in a language, as far as there are."""
    with in_language(language if language in LANGUAGES else SOURCE):
        return str(getattr(_environment().get_template(template).module, macro)(*values))


def _inert_markdown(text: str) -> Markup:
    return Markup(inert_markdown(text))  # noqa: S704  nothing in it is live


def _markdown_attribute(text: str) -> Markup:
    """Escape text for an HTML attribute inside Markdown, which would still act upon some of its characters."""
    inert = _MARKDOWN_SIGN.sub(lambda match: f"&#{ord(match.group())};", escape(text))
    return Markup(inert)  # noqa: S704


@cache
def _style(name: str) -> Markup:
    """Return a style sheet of ours, for a page that can fetch none."""
    path = Path(web.__file__).parent / "static" / "styles" / f"{name}.css"
    return Markup(path.read_text(encoding="utf-8"))  # noqa: S704  our own file


@cache
def _environment() -> Environment:
    """Return the one environment, which loads a template at its first use and keeps it, for all languages."""
    environment = Environment(
        loader=PackageLoader(web.__name__, "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]
    environment.globals.update(language=current_language, direction=direction, chosen_theme=current_theme, style=_style)
    environment.filters.update(number=decimal, inert_markdown=_inert_markdown, markdown_attribute=_markdown_attribute)
    return environment
