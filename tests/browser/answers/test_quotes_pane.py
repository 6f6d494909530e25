"""An answer's citations and the pane beside it: numbered from 1, one card a place, none of another answer.

What the sources do not say is refused, with what was searched; what is ticked decides what that is.
"""

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

YEW = "The yew is a poisonous tree."
OAK = "The oak is a tree of 40 metres."
BIRCH = "The birch is a white tree."
ZINC = "Zinc melts at 420 degrees. It is a bluish metal."
NONSENSE = "Elephants are painted green on Mondays."


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    oak = f"{OAK} {'Nothing more is said. ' * 80}"
    return serve(YEW, {"birch.md": BIRCH, "oak.md": oak, "yew.md": YEW, "zinc.md": ZINC})


def answered(tab: Tab, text: str) -> Locator:
    return tab.answer(f"Repeat: {text}")


def cards(tab: Tab) -> Locator:
    return tab.page.locator("#cw-right .cw-card:visible")


def test_the_citations_of_each_answer_are_numbered_from_1_in_their_order(tab: Tab) -> None:
    answered(tab, f"{YEW} {OAK}")
    later = answered(tab, f"{OAK} {BIRCH} {OAK}")
    expect(later.locator(".cw-chip")).to_have_text(["1", "2", "1"])
    expect(cards(tab).locator(".cw-number")).to_have_text(["1", "2"])
    expect(cards(tab).locator(".cw-quote")).to_have_text([OAK, BIRCH])


def test_a_new_answer_takes_the_place_of_an_open_page(tab: Tab) -> None:
    answered(tab, YEW).locator(".cw-chip").click()
    expect(tab.page.locator("#cw-viewer .cw-text")).to_be_visible()
    answered(tab, OAK)
    expect(tab.page.locator("#cw-viewer")).to_be_hidden()
    expect(cards(tab)).to_contain_text([OAK])


def test_from_a_page_the_way_back_leads_to_the_quotes_of_the_answer_it_was_opened_from(tab: Tab) -> None:
    answered(tab, f"{YEW} {BIRCH}")
    later = answered(tab, OAK)
    first = tab.page.locator("#cw-chat .bot .cw-chip").first
    first.click()
    tab.page.get_by_role("button", name="Back to the quotes").click()
    expect(cards(tab).locator(".cw-quote")).to_have_text([YEW, BIRCH])
    expect(tab.page.locator("#cw-right")).to_contain_text("Quotes of an earlier answer")
    expect(first).to_be_focused()
    cards(tab).last.locator(".cw-open").click()
    expect(tab.page.locator("#cw-viewer mark")).to_have_text(BIRCH)
    tab.page.keyboard.press("Escape")
    expect(cards(tab).locator(".cw-quote")).to_have_text([YEW, BIRCH])
    later.locator(".cw-chip").click()
    expect(tab.page.locator("#cw-viewer mark")).to_have_text(OAK)
    tab.page.keyboard.press("Escape")
    expect(cards(tab).locator(".cw-quote")).to_have_text([OAK])


def test_quotes_that_come_late_are_shown_beside_no_other_page(tab: Tab) -> None:
    answered(tab, f"{YEW} {BIRCH}")
    answered(tab, OAK)
    first, second = tab.page.locator("#cw-chat .bot").first.locator(".cw-chip").all()
    held: list[Route] = []
    tab.page.route("**/answers/1/quotes", lambda route: held.append(route))
    first.click()
    expect(tab.page.locator("#cw-viewer mark")).to_have_text(YEW)
    with tab.page.expect_request("**/answers/1/quotes"):
        tab.page.keyboard.press("Escape")
    expect(first).to_be_focused()
    second.click()
    expect(tab.page.locator("#cw-viewer mark")).to_have_text(BIRCH)
    with tab.page.expect_response("**/answers/1/quotes"):
        held.pop().continue_()
    expect(tab.page.locator("#cw-earlier .cw-quote")).to_have_text([YEW, BIRCH])
    expect(tab.page.locator("#cw-earlier")).to_be_hidden()
    expect(tab.page.locator("#cw-viewer .cw-page")).to_be_focused()


def test_of_quotes_that_cannot_be_loaded_the_reason_is_shown_and_no_other_answers_quotes(tab: Tab) -> None:
    answered(tab, YEW)
    answered(tab, OAK)
    tab.page.route("**/answers/1/quotes", lambda route: route.abort())
    tab.page.locator("#cw-chat .bot").first.locator(".cw-chip").click()
    tab.page.get_by_role("button", name="Back to the quotes").click()
    expect(tab.page.locator("#cw-earlier")).to_have_text("Citewell does not answer. Is it still running?")
    expect(cards(tab)).to_have_count(0)


def test_a_refusal_shows_the_passages_of_its_own_question_first(tab: Tab) -> None:
    answered(tab, YEW)
    tab.page.get_by_label("Ask yew.md").uncheck()
    expect(tab.answer(f"At how many degrees does zinc melt? Repeat: {NONSENSE}")).to_contain_text("could not find")
    expect(tab.page.locator("#cw-quotes .cw-card").first).to_contain_text("zinc.md")


def test_a_refusal_says_which_document_that_has_it_is_not_ticked(tab: Tab) -> None:
    tab.page.get_by_label("Ask yew.md").uncheck()
    answer = tab.answer(f"Is the yew poisonous? Repeat: {NONSENSE}")
    expect(answer).to_contain_text("could not find")
    note = "1 document was not searched, because it is not ticked or is filtered out: yew.md."
    expect(answer).to_contain_text(note)
    tab.page.reload()
    expect(answer).to_contain_text(note)
