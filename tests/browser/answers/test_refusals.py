"""In place of an answer: a refusal that says why, a stopped answer, a question to be mended."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.app_process import scripted
from tests.support.browser_tab import Tab

pytestmark = pytest.mark.browser

YEW = "The yew is a poisonous tree."
NONSENSE = "Elephants are painted green on Mondays."


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("refusals")
    (folder / "yew.md").write_text(YEW)
    (folder / "zinc.md").write_text("Zinc melts at 420 degrees. It is a bluish metal.")
    with scripted(
        folder, "Zinc is a bluish metal.", folder / "yew.md", folder / "zinc.md", max_question_chars="300"
    ) as url:
        yield url


@pytest.mark.slow
def test_an_answer_that_is_stopped_before_its_first_word_is_no_refusal(tab: Tab) -> None:
    tab.ask("Wait before you answer. What is a yew?")
    answer = tab.page.locator("#cw-chat .bot").last
    expect(answer).to_contain_text("Reading")
    tab.page.locator("#cw-question button.stop-button").click()
    expect(answer).to_contain_text("Stopped.")
    tab.expect_idle()
    expect(answer).not_to_contain_text("could not find")
    tab.page.reload()
    expect(answer).to_contain_text("Stopped.")
    exported = tab.page.evaluate(
        """() => fetch(`citewell/conversations/${new URLSearchParams(location.search).get("c")}/file?form=md`)
            .then((response) => response.text())"""
    )
    assert "could not find" not in exported
    assert "Stopped." in exported
    tab.ask(f"Repeat: {YEW}")
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat .bot").last.locator(".cw-chip")).to_have_text(["1"])


@pytest.mark.slow
def test_a_refusal_shows_the_passages_of_its_own_question_first(tab: Tab) -> None:
    tab.ask(f"Repeat: {YEW}")
    tab.expect_idle()
    tab.page.get_by_label("Ask yew.md").uncheck()
    tab.ask(f"At how many degrees does zinc melt? Repeat: {NONSENSE}")
    expect(tab.page.locator("#cw-chat .bot").last).to_contain_text("could not find")
    tab.expect_idle()
    expect(tab.page.locator("#cw-quotes .cw-card").first).to_contain_text("zinc.md")


@pytest.mark.slow
def test_a_refusal_says_which_document_that_has_it_is_not_ticked(tab: Tab) -> None:
    tab.page.get_by_label("Ask yew.md").uncheck()
    tab.ask(f"Is the yew poisonous? Repeat: {NONSENSE}")
    answer = tab.page.locator("#cw-chat .bot").last
    expect(answer).to_contain_text("could not find")
    note = "1 document was not searched, because it is not ticked or is filtered out: yew.md."
    expect(answer).to_contain_text(note)
    tab.expect_idle()
    tab.page.reload()
    expect(answer).to_contain_text(note)


@pytest.mark.slow
def test_a_document_is_summarised_while_it_is_the_only_one_ticked(tab: Tab) -> None:
    tab.page.get_by_label("Ask yew.md").uncheck()
    tab.ask("Summarise this document")
    tab.expect_idle()
    answer = tab.page.locator("#cw-chat .bot").last
    expect(answer.locator(".cw-chip").first).to_be_visible()
    expect(answer).not_to_contain_text("could not find")


@pytest.mark.slow
def test_a_question_that_is_too_long_stays_in_the_box(tab: Tab) -> None:
    question = "Is the yew poisonous? " * 20
    tab.ask(question)
    expect(tab.page.locator("#cw-chat .bot").last).to_contain_text("Shorten it")
    tab.expect_idle()
    expect(tab.page.locator("#cw-question textarea")).to_have_value(question)
