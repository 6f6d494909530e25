"""Gradio's page in several languages, streamed so that no update is lost on its way.

Gradio has one configuration, so each language gets its own copy of what shows.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import gradio as gr
from gradio.routes import App

from rag.text.message_catalogues import LANGUAGES, SOURCE
from web.page_language import current_language, in_language

_SHOWN = ("value", "label", "placeholder")


class PageBlocks(gr.Blocks):  # type: ignore[misc]  # Gradio is not typed
    """Blocks whose configuration is in the language of the request that asks for it.

    They send each update of a component whole, and only its values as differences. Gradio's client applies differences
    to the object it got before. If two updates arrive before the reply that names their event, it does so before it has
    used the first one: what that sets and the second one does not is lost.
    """

    _shown: dict[str, list[dict[str, Any]]] | None = None
    _config: dict[str, Any] | None = None

    def translate(self, lay_out: Callable[[], object]) -> None:
        """Lay the page out once for each language; what it shows there is shown in place of the English."""
        shown = _laid_out([language for language in LANGUAGES if language != SOURCE], lay_out)
        sizes = {len(each) for each in shown.values()}
        if sizes != {len(self.config["components"])}:
            raise ValueError(f"The page has other components in another language: {sizes}")
        self._shown = shown

    @property
    def config(self) -> Any:
        """Gradio's configuration of the page."""
        shown = (self._shown or {}).get(current_language())
        if shown is None or self._config is None:
            return self._config
        components = [
            {**each, "props": {**each["props"], **props}}
            for each, props in zip(self._config["components"], shown, strict=True)
        ]
        return {**self._config, "components": components}

    @config.setter
    def config(self, value: dict[str, Any]) -> None:
        self._config = value

    def handle_streaming_diffs(self, block_fn: Any, data: list[Any], *args: Any, final: bool, **more: Any) -> list[Any]:
        """Return what is sent for each output: itself at first, then Gradio's list of differences from the last one."""
        outputs = list(data)
        sent = super().handle_streaming_diffs(block_fn, data, *args, final=final, **more)
        if final:
            return list(sent)
        return [
            [["replace", [], output]] if _is_update(output) and difference is not output else difference
            for output, difference in zip(outputs, sent, strict=True)
        ]


@contextmanager
def without_servers() -> Iterator[None]:
    """Build pages without the server that Gradio would make for each of them; `launch` makes the one that is used."""
    create, App.create_app = App.create_app, staticmethod(lambda *_, **__: None)
    try:
        yield
    finally:
        App.create_app = create


def _is_update(output: Any) -> bool:
    return isinstance(output, dict) and output.get("__type__") == "update"


def _laid_out(languages: Iterable[str], lay_out: Callable[[], object]) -> dict[str, list[dict[str, Any]]]:
    """Return what each component shows, by language."""
    counts: dict[str, int] = {}
    with gr.Blocks(analytics_enabled=False) as blocks:
        for language in languages:
            before = len(blocks.blocks)
            with in_language(language), gr.Column():
                lay_out()
            counts[language] = len(blocks.blocks) - before
    components = iter(blocks.config["components"])
    return {language: [_words(each) for each in islice(components, count)][1:] for language, count in counts.items()}


def _words(component: dict[str, Any]) -> dict[str, Any]:
    props = component["props"]
    return {name: props[name] for name in _SHOWN if isinstance(props.get(name), str)}
