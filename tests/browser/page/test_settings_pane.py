"""The settings: what most people choose comes first, the rest is folded, which says what is other than the app's."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import pane
from tests.support.browser_tab import Tab, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRST = ["model", "strictness", "max_new_tokens", "passages"]
ADVANCED = ["kind", "beams", "temperature", "top_p", "top_k", "seed", "thinking_tokens", "stop", "system_prompt"]
NAMES = "fields => [...new Set(fields.map((field) => field.name))]"


def panel(tab: Tab) -> Locator:
    pane(tab, "Settings")
    return tab.page.get_by_role("form", name="Settings of this conversation")


def test_what_most_people_choose_comes_first_and_the_rest_is_folded_away(tab: Tab) -> None:
    form = panel(tab)
    expect(form.get_by_label("Passages that the model reads")).to_be_enabled()
    assert form.locator("[name]").evaluate_all(NAMES) == [*FIRST, *ADVANCED]
    assert form.locator("details [name]").evaluate_all(NAMES) == ADVANCED
    expect(form.get_by_label("Longest answer, in tokens")).to_be_visible()
    expect(form.get_by_label("Beams")).to_be_hidden()
    form.get_by_text("Advanced", exact=True).click()
    expect(form.get_by_label("Beams")).to_be_visible()
    assert serious_violations(tab) == []


def test_the_folded_part_says_how_many_of_its_settings_differ_from_the_apps(tab: Tab) -> None:
    form = panel(tab)
    summary = form.locator("summary")
    expect(form.get_by_label("Passages that the model reads")).to_be_enabled()
    summary.click()
    form.get_by_label("Beams").fill("1")  # as the app has it
    expect(summary).to_have_text("Advanced")
    form.get_by_label("Beams").fill("3")
    form.get_by_label("Stop before").fill("END")
    form.get_by_label("Longest answer").fill("30")  # in sight anyhow
    expect(summary).to_have_text("Advanced · 2 changed")
    form.get_by_label("stochastic").check()  # rules the beams out
    expect(summary).to_have_text("Advanced · 2 changed")
    form.get_by_role("button", name="Reset all").click()
    expect(summary).to_have_text("Advanced")


def test_a_folded_setting_that_cannot_be_is_shown_with_what_is_wrong(tab: Tab) -> None:
    form = panel(tab)
    expect(form.get_by_label("Passages that the model reads")).to_be_enabled()
    form.locator("summary").click()
    form.get_by_label("Beams").fill("900")
    form.locator("summary").click()
    expect(form.locator("[data-for=beams]")).not_to_be_empty()
    expect(form.locator("[data-for=beams]")).to_be_visible()


def test_less_motion_is_chosen_beside_the_language_and_kept(tab: Tab) -> None:
    pane(tab, "Settings")
    moving = tab.page.locator("#cw-composer")
    duration = "(each) => getComputedStyle(each).transitionDuration"
    assert moving.evaluate(duration) == "0.15s"
    tick = tab.page.get_by_label("Less motion")
    tick.check()
    assert moving.evaluate(duration) == "0s"
    tab.page.reload()
    expect(tab.page.locator("#cw-question textarea")).to_be_visible()
    assert moving.evaluate(duration) == "0s", "from the first paint on"
    pane(tab, "Settings")
    expect(tick).to_be_checked()
    tick.uncheck()
    assert moving.evaluate(duration) == "0.15s"
