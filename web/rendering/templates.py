"""Fill in the HTML templates of `web/templates`, in which every value is escaped."""

import re
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import web
from rag.text.messages.message_catalogues import LANGUAGES, SOURCE, messages_in
from web.rendering.markdown import inert_markdown

_MARKDOWN_SIGN = re.compile(r"[*_`~\[\]()!\\|$]")


def render(template: str, **values: Any) -> str:
    """Return the HTML of a template, whose own texts are in English."""
    return _environment(SOURCE).get_template(template).render(values)


def render_macro(template: str, macro: str, *values: Any, language: str = SOURCE) -> str:
    """Return the HTML of one macro of a template, with the template's own texts in a language, as far as there are."""
    environment = _environment(language if language in LANGUAGES else SOURCE)
    return str(getattr(environment.get_template(template).module, macro)(*values))


def _inert_markdown(text: str) -> Markup:
    return Markup(inert_markdown(text))  # noqa: S704  nothing in it is live


def _markdown_attribute(text: str) -> Markup:
    """Escape text for an HTML attribute inside Markdown, which would still act upon some of its characters."""
    inert = _MARKDOWN_SIGN.sub(lambda match: f"&#{ord(match.group())};", escape(text))
    return Markup(inert)  # noqa: S704


@cache
def _environment(language: str) -> Environment:
    """Return the environment of a language, which compiles a template at its first use and caches it."""
    environment = Environment(
        loader=PackageLoader(web.__name__, "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(messages_in(language), newstyle=False)  # type: ignore[attr-defined]
    environment.filters.update(inert_markdown=_inert_markdown, markdown_attribute=_markdown_attribute)
    return environment
