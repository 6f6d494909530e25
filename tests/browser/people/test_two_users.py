"""Of two users of one app, each has their own and nothing of the other's, whatever address they ask for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, expect

from serving.users.auth_file import Users
from tests.conftest import GOOD_PASSWORD
from tests.support.app_process import scripted
from tests.support.browser_tab import WAIT_MS, Tab
from tests.support.documents.pdfs import write_pdf

pytestmark = pytest.mark.browser

SECRET = "The code word is xylophone."


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("users")
    users = Users(folder / "users.json")
    for name in ("ann", "bob"):
        users.add(name, GOOD_PASSWORD)
    with scripted(folder, SECRET, auth_file=str(users.path)) as url:
        yield url


def sign_in(browser: Browser, address: str, name: str, *, query: str = "") -> tuple[Tab, BrowserContext]:
    """Sign in, in a browser context of this user's own."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    tab = Tab(context.new_page())
    tab.page.goto(f"{address}/{query}")
    tab.page.get_by_label("Name").fill(name)
    tab.page.get_by_label("Password").fill(GOOD_PASSWORD)
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.locator("#cw-question textarea")).to_be_visible(timeout=WAIT_MS)
    expect(tab.page.locator("#cw-upload input[type=file]")).to_be_enabled(timeout=WAIT_MS)
    return tab, context


@pytest.mark.slow
def test_the_first_question_to_an_empty_library_is_answered_in_words(browser: Browser, address: str) -> None:
    tab, _ = sign_in(browser, address, "bob")
    tab.ask("What is the code word?")
    expect(tab.page.locator("#cw-chat .bot").last).to_contain_text("Nothing to ask yet")
    tab.expect_idle()
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


def asks_and_opens_everything(ann: Tab, secret: Path) -> str:
    """Have ann upload, ask, open the page and list the exports; returns the id of her conversation."""
    ann.upload(write_pdf(secret, ["Contents", SECRET]))
    ann.page.locator("#cw-documents button.cw-doc").click()
    expect(ann.page.locator("#cw-guide-title")).to_have_text(secret.name)
    expect(ann.page.locator(".cw-guide-text")).not_to_be_empty()
    ann.ask("What is the code word?")
    ann.page.locator("#cw-chat .cw-chip").first.click()
    expect(ann.page.locator(".cw-box")).to_have_count(1, timeout=WAIT_MS)
    ann.expect_idle()
    expect(ann.page).to_have_url(re.compile(r"\?c=\w+"))
    ann.page.get_by_role("tab", name="Chats").click()
    expect(ann.page.locator(".cw-exports a").first).to_be_visible(timeout=WAIT_MS)
    ann.urls += ann.page.locator(".cw-exports a").evaluate_all("links => links.map(each => each.href)")
    ann.page.reload()
    expect(ann.page.locator("#cw-chat .cw-chip")).to_have_count(1, timeout=WAIT_MS)
    return ann.page.url.partition("?c=")[2]


def finds_only_his_own(bob: Tab, same_name: Path) -> None:
    expect(bob.page.locator("#cw-documents")).to_contain_text("No documents yet", timeout=WAIT_MS)
    bob.ask("What is the code word?")
    expect(bob.page.locator("#cw-chat .bot")).to_contain_text("you have no documents", timeout=WAIT_MS)
    bob.upload(write_pdf(same_name, ["Another file of the same name."]))
    bob.page.get_by_role("button", name="New conversation").click()
    expect(bob.page.locator("#cw-chat .user-row")).to_have_count(0)
    bob.ask("What is the code word?")
    expect(bob.page.locator("#cw-chat .bot").last).to_contain_text("could not find", timeout=WAIT_MS)
    expect(bob.page.locator("#cw-quotes")).not_to_contain_text("xylophone")
    expect(bob.page.locator("#cw-quotes .cw-quote").first).to_contain_text("Another file")


def expect_addresses_closed(urls: list[str], conversation: str, bobs: BrowserContext, nobody: BrowserContext) -> None:
    own = ("/guide/", "/pages/", "/pictures/", f"/conversations/{conversation}", "/queue/data", "/heartbeat/")
    refused = set()
    for url in dict.fromkeys(urls):
        if any(part in url for part in own):
            for each, status in ((bobs, {403, 404}), (nobody, {401})):
                answer = each.request.get(url)
                assert answer.status in status, url
                assert not leaks(answer), url
            refused |= {part for part in own if part in url}
        elif not urlsplit(url).path.endswith(("/login", "/heartbeat")):
            assert not leaks(bobs.request.get(url)), url
            assert nobody.request.get(url, max_redirects=0).status in (401, 303), url
    assert len(refused) >= 4, refused


def expect_changes_refused(address: str, conversation: str, bobs: BrowserContext) -> None:
    for method, path in (
        ("PATCH", f"conversations/{conversation}"),
        ("DELETE", f"conversations/{conversation}"),
        ("PUT", f"conversations/{conversation}/excluded"),
        ("PATCH", f"conversations/{conversation}/answers/1"),
        ("DELETE", "sources/1"),
        ("PATCH", "sources/1"),
        ("POST", "uploads/1"),
        ("POST", "guide/1/overview"),
        ("DELETE", "guide/1/overview"),
        ("PATCH", "notes/0123456789abcdef"),
        ("DELETE", "notes/0123456789abcdef"),
    ):
        answer = bobs.request.fetch(f"{address}/citewell/{path}", method=method, data={"name": "x", "thumb": "up"})
        assert answer.status == 403, path


def test_nobody_reaches_anothers_sources_conversations_pages_and_files(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    ann, anns = sign_in(browser, address, "ann")
    joined: list[str] = []
    ann.page.on("request", lambda each: joined.append((each.post_data or "") if "/queue/join" in each.url else ""))
    conversation = asks_and_opens_everything(ann, tmp_path / "secret.pdf")
    assert any(leaks(anns.request.get(url)) for url in ann.urls if "/citewell/" in url), "she herself has it"

    bob, bobs = sign_in(browser, address, "bob")
    finds_only_his_own(bob, tmp_path / "secret.pdf")
    expect_addresses_closed(ann.urls, conversation, bobs, browser.new_context())
    event = {**json.loads(max(joined)), "data": ["", json.dumps({"conversation": conversation})]}
    assert bobs.request.post(f"{address}/gradio_api/queue/join", data=event).status == 403, "it is ann's tab"
    bob.page.goto(f"{address}/?c={conversation}")
    expect(bob.page.locator("#cw-chat")).to_contain_text("not among yours", timeout=WAIT_MS)
    expect_changes_refused(address, conversation, bobs)

    ann.page.reload()
    expect(ann.page.locator("#cw-chat .cw-chip")).to_have_count(1, timeout=WAIT_MS)
    expect(ann.page.locator("#cw-documents")).to_contain_text("secret.pdf", timeout=WAIT_MS)
    assert (ann.errors, bob.errors) == ([], [])


def test_signing_out_leaves_nothing_and_a_page_left_open_says_how_to_go_on(browser: Browser, address: str) -> None:
    tab, context = sign_in(browser, address, "ann")
    expect(tab.page.locator(".cw-account")).to_contain_text("ann", timeout=WAIT_MS)
    other = context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("Password")).to_be_visible()
    assert context.request.get(f"{address}/citewell/sources").status == 401
    tab.page.locator("#cw-question textarea").fill("Anybody there?")
    tab.page.locator("#cw-question textarea").press("Enter")
    banner = tab.page.get_by_role("alert").filter(has_text="You are signed out")
    expect(banner).to_be_visible(timeout=WAIT_MS)
    banner.get_by_role("link", name="Sign in again").click()
    tab.page.get_by_label("Name").fill("ann")
    tab.page.get_by_label("Password").fill("not the right one")
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_role("alert")).to_contain_text("do not go together")
    expect(tab.page.get_by_label("Name")).to_have_value("ann")
    expect(tab.page.get_by_label("Password")).to_be_focused()
