"""A click on a source opens its guide: what it is, an overview that is written as one looks, questions, contents."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, serious_violations
from tests.support.scripted_app import HOLD, release

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPORT = """# Annual report

The birch is a white tree. We sell trees.

## 1. How old does an oak get?

An oak grows for 300 years.

## 2. Outlook

The yew is a poisonous tree. The height is \\(h = 3 g^2\\).
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guide")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    (folder / "report.md").write_text(REPORT)
    (folder / "plain.md").write_text("The <b>plain</b> tree is green.")
    oak = f"An oak grows for 300 years. The elm {HOLD} is gone."
    overview = f"The birch is a white tree. {oak} <img src=x onerror=alert(1)> The yew is a tree."
    answer = f"{overview} The height is \\(h = 3 g^2\\)."
    with scripted(folder, answer, folder / "report.md", folder / "plain.md") as url:
        yield url


def guide(tab: Tab, name: str) -> None:
    tab.page.locator("#cw-documents button.cw-doc", has_text=name).click()
    expect(tab.page.locator("#cw-guide-title")).to_have_text(name)


def test_an_overview_is_written_as_one_looks_can_be_stopped_and_is_there_the_next_time(tab: Tab, folder: Path) -> None:
    overview, stop = tab.page.locator(".cw-guide-text"), tab.page.locator("#cw-guide [data-do=stop]")
    guide(tab, "report.md")
    expect(tab.page.locator(".cw-guide-state")).to_have_text("An overview is being written …")
    expect(overview).to_contain_text("The birch")
    stop.click()
    expect(overview).to_contain_text("Stopped.")
    tab.page.locator("#cw-guide [data-do=write]").click()
    release(folder)
    expect(stop).to_be_hidden()
    expect(overview.locator(".cw-chip").first).to_be_visible()
    expect(overview.locator("img")).to_have_count(0)
    expect(overview.locator(".katex annotation")).to_have_text("h = 3 g^2")
    # Its own fonts draw it, from this machine.
    tab.page.wait_for_function("[...document.fonts].some(f => f.family === 'KaTeX_Math' && f.status === 'loaded')")
    assert tab.hosts == {"127.0.0.1"}
    tab.page.reload()
    guide(tab, "report.md")
    expect(overview).to_contain_text("Overview made on")
    expect(stop).to_be_hidden()
    assert serious_violations(tab) == []


def test_a_citation_of_the_overview_opens_its_page_and_escape_leads_back(tab: Tab) -> None:
    guide(tab, "report.md")
    tab.page.locator(".cw-guide-text .cw-chip").first.click()
    expect(tab.page.locator("#cw-viewer mark").first).to_contain_text("The birch is a white tree")
    expect(tab.page.locator("#cw-viewer").get_by_role("button", name="Back to the overview")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#cw-guide-title")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#cw-guide")).to_be_hidden()
    expect(tab.page.locator("#cw-documents button.cw-doc", has_text="report.md")).to_be_focused()


def test_the_contents_and_the_document_itself_open_from_the_guide(tab: Tab) -> None:
    guide(tab, "report.md")
    entries = tab.page.locator("#cw-guide .cw-entries button")
    expect(entries).to_have_text(["Annual report", "1. How old does an oak get?", "2. Outlook"])
    expect(tab.page.locator("#cw-guide .cw-entries .cw-meta")).to_have_text(["line 1", "line 5", "line 9"])
    entries.last.click()
    expect(tab.page.locator("#cw-viewer .cw-heading mark")).to_have_text("2. Outlook")
    tab.page.locator("#cw-viewer [data-do=close]").click()
    tab.page.locator("#cw-guide [data-do=open]").click()
    expect(tab.page.locator("#cw-viewer .cw-text")).to_contain_text("We sell trees.")


def test_a_question_of_the_guide_is_asked_of_its_source(tab: Tab, folder: Path) -> None:
    guide(tab, "report.md")
    question = tab.page.locator("#cw-guide .cw-follow-up", has_text="How old does an oak get?")
    question.click()
    expect(tab.page.locator("#cw-chat .user-row")).to_contain_text("How old does an oak get?")
    expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible()
    release(folder)
    tab.expect_idle()
    expect(tab.page.locator(".cw-restricted")).to_have_count(0)
    assert set(tab.page.locator("#cw-quotes .cw-open b").all_inner_texts()) == {"report.md"}


def test_questions_to_go_on_with_stand_below_the_answer_and_are_asked(tab: Tab, folder: Path) -> None:
    tab.ask("What is a birch?")
    release(folder)
    tab.expect_idle()
    going_on = tab.page.locator("#cw-follow-ups button")
    expect(going_on.first).to_be_visible()
    assert going_on.count() <= 3
    text = going_on.first.inner_text()
    box = tab.page.locator("#cw-question textarea")
    box.fill("Half a question")
    going_on.first.click()
    expect(tab.page.locator("#cw-chat .user-row").last).to_have_text(text)
    expect(tab.page.locator("#cw-follow-ups")).to_be_hidden()
    expect(box).to_have_value("Half a question")
    release(folder)
    tab.expect_idle()
    expect(box).to_have_value("Half a question")
