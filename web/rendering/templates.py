"""Fill in the HTML templates of `web/templates`, in which every value is escaped."""

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

import web
from rag.text.message_catalogues import LANGUAGES, SOURCE, messages_in
from web.page_language import current_language, decimal, direction
from web.rendering.markdown import inert_markdown
from web.rendering.page_theme import current_theme

_MARKDOWN_SIGN = re.compile(r"[*_`~\[\]()!\\|$\n]")


def render(template: str, **values: Any) -> str:
    """Return the HTML of a template, whose own texts are in the language of the page."""
    return _environment(current_language()).get_template(template).render(values)


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
def _style(name: str) -> Markup:
    """Return a style sheet of ours, for a page that can fetch none."""
    path = Path(web.__file__).parent / "static" / "styles" / f"{name}.css"
    return Markup(path.read_text(encoding="utf-8"))  # noqa: S704  our own file


class _Compiled(BytecodeCache):
    """Keeps what templates are compiled to, for all languages: texts are looked up when filled in."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.code


_COMPILED = _Compiled()


@cache
def _environment(language: str) -> Environment:
    """Return the environment of a language, which loads a template at its first use and keeps it."""
    environment = Environment(
        loader=PackageLoader(web.__name__, "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
    )
    environment.install_gettext_translations(messages_in(language), newstyle=False)  # type: ignore[attr-defined]
    environment.globals.update(style=_style, language=language, direction=direction(language))
    environment.globals.update(chosen_theme=current_theme)  # of the request: environments are kept by language
    environment.filters.update(number=decimal, inert_markdown=_inert_markdown, markdown_attribute=_markdown_attribute)
    return environment
