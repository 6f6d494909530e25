"""What the sources do not say is refused, with what was searched; what is ticked decides what that is."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

YEW = "The yew is a poisonous tree."
NONSENSE = "Elephants are painted green on Mondays."


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(
        "Zinc is a bluish metal.", {"yew.md": YEW, "zinc.md": "Zinc melts at 420 degrees. It is a bluish metal."}
    )


def test_a_refusal_shows_the_passages_of_its_own_question_first(tab: Tab) -> None:
    tab.ask(f"Repeat: {YEW}")
    tab.expect_idle()
    tab.page.get_by_label("Ask yew.md").uncheck()
    tab.ask(f"At how many degrees does zinc melt? Repeat: {NONSENSE}")
    expect(tab.page.locator("#cw-chat .bot").last).to_contain_text("could not find")
    tab.expect_idle()
    expect(tab.page.locator("#cw-quotes .cw-card").first).to_contain_text("zinc.md")


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
