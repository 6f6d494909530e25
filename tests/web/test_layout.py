"""The page has its panes, and the settings panel shows the app's own settings as defaults."""

import re

import gradio as gr

from rag.settings import load_settings
from tests.support.coroutines import run_coroutine
from web.layout import Page, lay_out, settings_panel


def field(panel: str, name: str) -> str:
    found = re.search(rf'<(?:input|select|textarea) id="cw-set-{name}"[^>]*>', panel)
    assert found
    return found.group()


def test_the_page_has_an_element_for_each_script_and_stylesheet() -> None:
    async def in_an_event_loop() -> tuple[gr.Blocks, Page]:  # else Gradio makes one, and leaves it open
        with gr.Blocks() as blocks:
            return blocks, lay_out(load_settings(), ["tiny"])

    blocks, page = run_coroutine(in_an_event_loop())
    ids = {block.elem_id for block in blocks.blocks.values()}
    assert ids >= {
        *("cw-account", "cw-sources", "cw-conversations", "cw-settings", "cw-source", "cw-quotes", "cw-status"),
        *("cw-notes", "cw-guide-pane", "cw-go-on"),
        *("cw-chat", "cw-question", "cw-panes", "cw-left", "cw-middle", "cw-right"),
    }
    outputs = [page.question, page.chat, page.conversation, page.quotes, page.status, page.opened]
    assert page.answer_outputs == outputs, "the order of web.chat.handlers.Update"


def test_fields_show_the_defaults() -> None:
    panel = settings_panel(load_settings(seed=None, top_k=7, strictness=0.333), ["tiny"])
    assert 'placeholder="7"' in field(panel, "top_k")
    assert 'placeholder="by chance"' in field(panel, "seed")
    assert 'value="0.33"' in field(panel, "strictness")
    assert 'placeholder="7"' in field(settings_panel(load_settings(seed=7), ["tiny"]), "seed")


def test_the_kind_of_answers_follows_the_temperature() -> None:
    cold, warm = (settings_panel(load_settings(temperature=t), ["tiny"]) for t in (0.0, 0.4))
    assert re.findall(r'value="(\w+)" checked', cold) == ["deterministic"]
    assert re.findall(r'value="(\w+)" checked', warm) == ["stochastic"]
    assert 'placeholder="0.7"' in field(cold, "temperature"), "suggested"
    assert 'placeholder="0.4"' in field(warm, "temperature")


def test_the_first_model_is_the_default_and_names_are_escaped() -> None:
    panel = settings_panel(load_settings(), ["tiny", '"><script>'])
    assert '<option value="">tiny</option>' in panel
    assert '<option value="&#34;&gt;&lt;script&gt;">&#34;&gt;&lt;script&gt;</option>' in panel
