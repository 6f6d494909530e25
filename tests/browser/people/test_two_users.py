"""Of two users of one app, each has their own and nothing of the other's, whatever address they ask for."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, expect

from tests.browser.people.conftest import SECRET, sign_in
from tests.support.browser_tab import Tab
from tests.support.documents.pdfs import write_pdf

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_the_first_question_to_an_empty_library_is_answered_in_words(
    browsers: dict[str, BrowserContext], address: str
) -> None:
    tab = sign_in(browsers["bob"], address, "bob")
    expect(tab.answer("What is the code word?")).to_contain_text("Nothing to ask yet")
    box = tab.page.locator("#cw-question textarea")
    expect(box).to_have_value("What is the code word?")
    with tab.page.expect_response("**/queue/join*"):
        box.press("Enter")
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat .bot")).to_have_count(1)
    expect(tab.page.locator("#cw-chat .bot")).to_contain_text("Nothing to ask yet")
    expect(tab.page.locator("#cw-chat")).not_to_contain_text("Error")
    expect(tab.page.locator(".toast-body")).to_have_count(0)


def leaks(response: APIResponse) -> bool:
    return b"xylophone" in response.body()


def asks_and_opens_everything(eve: Tab, secret: Path) -> str:
    """Have eve upload, ask, open the page and list the exports; returns the id of her conversation."""
    eve.upload(write_pdf(secret, ["Contents", SECRET]))
    eve.page.locator("#cw-documents button.cw-doc").click()
    expect(eve.page.locator("#cw-guide-title")).to_have_text(secret.name)
    expect(eve.page.locator(".cw-guide-text")).not_to_be_empty()
    eve.ask("What is the code word?")
    eve.page.locator("#cw-chat .cw-chip").first.click()
    expect(eve.page.locator(".cw-box")).to_have_count(1)
    eve.expect_idle()
    expect(eve.page).to_have_url(re.compile(r"\?c=\w+"))
    eve.page.get_by_role("tab", name="Chats").click()
    expect(eve.page.locator(".cw-exports a").first).to_be_visible()
    eve.urls += eve.page.locator(".cw-exports a").evaluate_all("links => links.map(each => each.href)")
    return eve.page.url.partition("?c=")[2]


def finds_only_his_own(dan: Tab, same_name: Path) -> None:
    dan.begin_anew()
    expect(dan.page.locator("#cw-documents")).to_contain_text("No documents yet")
    expect(dan.answer("What is the code word?")).to_contain_text("you have no documents")
    dan.upload(write_pdf(same_name, ["Another file of the same name."]))
    dan.begin_anew()
    expect(dan.answer("What is the code word?")).to_contain_text("could not find")
    expect(dan.page.locator("#cw-quotes")).not_to_contain_text("xylophone")
    expect(dan.page.locator("#cw-quotes .cw-quote").first).to_contain_text("Another file")


def expect_addresses_closed(urls: list[str], conversation: str, dans: BrowserContext, nobody: BrowserContext) -> None:
    """Expect that what the page of one user asked for is closed to another one, and all of it to nobody.

    The page's own files are left out: tests/web/auth/test_signed_out_routes.py has all routes.
    """
    own = ("/guide/", "/pages/", f"/conversations/{conversation}", "/queue/data", "/heartbeat/")
    refused = set()
    for url in dict.fromkeys(urls):
        if any(part in url for part in own):
            for each, status in ((dans, {403, 404}), (nobody, {401})):
                answer = each.request.get(url)
                assert answer.status in status, url
                assert not leaks(answer), url
            refused |= {part for part in own if part in url}
        elif not re.search(r"/(static|assets|login|heartbeat)\b", urlsplit(url).path):
            assert not leaks(dans.request.get(url)), url
            assert nobody.request.get(url, max_redirects=0).status in (401, 303), url
    assert refused == set(own)


def test_nobody_reaches_anothers_sources_conversations_pages_and_files(
    browser: Browser, browsers: dict[str, BrowserContext], address: str, tmp_path: Path
) -> None:
    eve = sign_in(browsers["eve"], address, "eve")
    conversation = asks_and_opens_everything(eve, tmp_path / "secret.pdf")
    eves, dans = eve.page.context.request, browsers["dan"]
    assert any(leaks(eves.get(url)) for url in eve.urls if "/citewell/" in url), "she herself has it"

    dan = sign_in(dans, address, "dan", query=f"?c={conversation}")
    expect(dan.page.locator("#cw-chat")).to_contain_text("not among yours")
    finds_only_his_own(dan, tmp_path / "secret.pdf")
    expect_addresses_closed(eve.urls, conversation, dans, browser.new_context())
    event = {**json.loads(max(eve.joined)), "data": ["", json.dumps({"conversation": conversation})]}
    assert dans.request.post(f"{address}/gradio_api/queue/join", data=event).status == 403, "it is eve's tab"

    assert conversation in eves.get(f"{address}/citewell/conversations").text()
    assert "secret.pdf" in eves.get(f"{address}/citewell/sources").text()
    assert (eve.errors, dan.errors) == ([], [])


def test_signing_out_leaves_nothing_and_a_page_left_open_says_how_to_go_on(
    browsers: dict[str, BrowserContext], address: str
) -> None:
    tab = sign_in(browsers["eve"], address, "eve")
    context = browsers["eve"]
    expect(tab.page.locator(".cw-account")).to_contain_text("eve")
    other = context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("Password")).to_be_visible()
    assert context.request.get(f"{address}/citewell/sources").status == 401
    tab.page.locator("#cw-question textarea").fill("Anybody there?")
    tab.page.locator("#cw-question textarea").press("Enter")
    banner = tab.page.get_by_role("alert").filter(has_text="You are signed out")
    expect(banner).to_be_visible()
    banner.get_by_role("link", name="Sign in again").click()
    tab.page.get_by_label("Name").fill("eve")
    tab.page.get_by_label("Password").fill("not the right one")
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_role("alert")).to_contain_text("do not go together")
    expect(tab.page.get_by_label("Name")).to_have_value("eve")
    expect(tab.page.get_by_label("Password")).to_be_focused()
