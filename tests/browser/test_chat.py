"""The chat as its user meets it: a real browser, a real server, a real (tiny) model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.app_process import serving
from tests.support.browser_tab import Tab
from tests.support.documents.pdfs import write_pdf
from tests.support.paths import MODELS

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.large_model]

NOTE_LOADING = """() => new MutationObserver(() => {
  window.loading ||= document.querySelector('#cw-chat').innerText.includes('Loading qwen2.5-coder-1.5b …');
}).observe(document.querySelector('#cw-chat'), {subtree: true, childList: true, characterData: true})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from rag.models.resolve import resolve_model

    resolve_model("tiny", "generator", MODELS)
    resolve_model("default", "generator", MODELS)  # to be chosen
    resolve_model("minilm", "embedder", MODELS)
    with serving(tmp_path_factory.mktemp("web") / "library", MODELS, "--model", "tiny") as url:
        yield url


def test_upload_ask_see_the_source(tab: Tab, tmp_path: Path) -> None:
    tab.upload(write_pdf(tmp_path / "tower.pdf", ["Contents", "The Eiffel Tower is 330 metres high."]))
    expect(tab.page.locator("#cw-documents")).to_contain_text("tower.pdf")
    expect(tab.page.locator("#cw-documents")).to_contain_text("2 pages")
    tab.ask("How high is the Eiffel Tower?")
    quotes = tab.page.locator("#cw-quotes")
    expect(tab.page.locator("#cw-chat .cw-chip").first).to_have_text("1")
    expect(quotes.locator(".cw-title")).to_have_text("Quotes")
    expect(quotes).to_contain_text("tower.pdf")
    expect(quotes).to_contain_text("p. 2")
    expect(quotes).to_contain_text("The Eiffel Tower is 330 metres high.")
    tab.expect_idle()
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator(".cw-viewer-title")).to_have_text("tower.pdf · 2 of 2")
    expect(tab.page.locator(".cw-box")).to_have_count(1)
    tab.page.keyboard.press("Escape")
    tab.ask("And where is it?")
    searched = "Searched for: How high is the Eiffel Tower? And where is it?"
    expect(tab.page.locator("#cw-chat")).to_contain_text(searched)
    expect(tab.page.locator("#cw-question textarea")).to_have_value("")
    assert tab.hosts == {"127.0.0.1"}, "nothing left this machine"


def test_a_conversation_chooses_its_model_and_the_export_names_it(tab: Tab) -> None:
    tab.upload_texts({"bridge.md": "The Golden Gate Bridge is 2,737 metres long."})
    tab.page.get_by_role("tab", name="Settings").click()
    model = tab.page.get_by_label("Model", exact=True)
    expect(model.locator("option")).to_have_text(["smollm2-135m", "qwen2.5-coder-1.5b"])
    with tab.page.expect_response("**/citewell/settings"):
        model.select_option("qwen2.5-coder-1.5b")
    tab.page.evaluate(NOTE_LOADING)
    tab.ask("How long is the Golden Gate Bridge?")
    tab.page.wait_for_function("window.loading")
    expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible(timeout=120_000)
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat .bot")).to_contain_text("2,737")
    exported = tab.page.evaluate(
        """() => fetch(`citewell/conversations/${new URLSearchParams(location.search).get("c")}/file?form=json`)
            .then((response) => response.json())"""
    )
    assert exported["answers"][0]["model"] == exported["answers"][0]["settings"]["model"] == "qwen2.5-coder-1.5b"
    tab.page.reload()
    tab.page.get_by_role("tab", name="Settings").click()
    expect(model).to_have_value("qwen2.5-coder-1.5b")
    tab.page.get_by_role("button", name="New conversation").click()
    expect(model).to_have_value("")
