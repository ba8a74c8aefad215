"""The Market page in a browser: played, stepped, scrubbed; one consumer followed; an event put in and compared."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from dashboards.market.branches import changed_consumers, injected
from dashboards.market.flows import flows
from dashboards.market.playing import key_of
from dashboards.market.recording import AGAINST, CONTRIBUTOR, FOR, NOBODY, fitted, record
from sim.scenario import load
from tests.dashboards.browser.test_every_page import fits

pytestmark = pytest.mark.browser

NAME = "sweatshop_scandal"


@pytest.fixture(scope="module")
def future():
    """What the page plays."""
    return record(fitted(load(NAME)))


@pytest.fixture
def market(new_page):
    """The page, with the future of the scandal, in the week in which it happens."""
    return opened(new_page)


def opened(new_page, **how):
    page = new_page("/market", **how)
    choose(page, NAME)
    return page


def choose(page, name, number=1):
    """Choose a market and one of its futures, and wait until it is the one that is drawn."""
    page.wait_for_selector(".mk-choose select")
    page.locator(".mk-choose select").first.select_option(name)
    if number != 1:
        field = page.locator(".mk-choose input[type=number]")
        field.fill(str(number))
        field.press("Enter")
    wanted = key_of(fitted(load(name)), number - 1)
    page.wait_for_function("key => window.__network && window.__network.future === key", arg=wanted)


def go_to(page, week):
    page.evaluate("week => window.__market.goTo(week)", week)
    page.wait_for_function("week => window.__network.week === week", arg=week)


def shown_week(page):
    return int(page.locator("[data-market=week]").inner_text())


def shows(page, week):
    expect(page.locator("[data-market=week]")).to_have_text(str(week))


def test_the_browser_shows_what_the_model_lived(market, future):
    for week in (0, 31, 70, 104):
        go_to(market, week)
        roles = market.evaluate("window.__network.roles")
        assert roles == np.bincount(future.channels["role"][week], minlength=5).tolist()
    go_to(market, 40)
    market.wait_for_function("window.__flows.week === 40")
    seen = market.evaluate("window.__flows")
    found = flows(future, 0, seen["from"], 40)
    assert seen["from"] == 27
    assert tuple(seen["places"]) == found.places
    np.testing.assert_allclose(np.reshape(seen["people"], found.people.shape), found.people)


def test_it_begins_with_the_event_and_plays_pauses_and_steps(market):
    shows(market, 30)
    market.get_by_text("Scandal · Citadel").first.wait_for()
    market.get_by_role("radio", name="fast").click()
    market.locator("[data-market=play]").click()
    market.wait_for_function("window.__market.week > 38")
    market.get_by_role("button", name="Pause").click()
    market.wait_for_function("!window.__market.playing")
    week = shown_week(market)
    market.get_by_role("button", name="One week forward").click()
    shows(market, week + 1)
    market.get_by_role("button", name="One week back").click()
    market.get_by_role("button", name="One week back").click()
    shows(market, week - 1)
    market.get_by_role("button", name="To the end").click()
    shows(market, 104)
    market.get_by_role("button", name="To the start").click()
    shows(market, 0)


def test_the_keyboard_plays_steps_and_scrubs(market):
    market.locator("h1").first.click()
    market.keyboard.press("ArrowRight")
    market.keyboard.press("ArrowRight")
    shows(market, 32)
    market.keyboard.press("End")
    shows(market, 104)
    market.keyboard.press("Home")
    market.keyboard.press(" ")
    market.wait_for_function("window.__market.week > 1")
    market.keyboard.press(" ")
    market.wait_for_function("!window.__market.playing")
    before = shown_week(market)
    market.locator("[data-market=scrub]").press("ArrowRight")
    shows(market, before + 1)
    # Where one types, keys are letters.
    market.locator("[data-market=number]").press("End")
    shows(market, before + 1)


def test_dragging_the_slider_asks_the_server_nothing_until_it_rests(market):
    box = market.locator("[data-market=scrub]").bounding_box()
    market.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
    market.mouse.down()
    for part in range(1, 11):
        market.mouse.move(box["x"] + box["width"] * part / 12, box["y"] + box["height"] / 2)
    market.mouse.up()
    week = shown_week(market)
    assert 80 < week < 92
    market.wait_for_function("week => window.__network.week === week", arg=week)
    # At rest, the tables that the server makes follow.
    market.get_by_role("button", name=f"Let it happen in week {week + 1}").wait_for()
    market.get_by_role("columnheader", name=f"Week {week}").wait_for()


def test_a_consumer_is_followed_by_number_by_click_and_by_arrow_keys(market, future):
    consumer = int(np.flatnonzero((future.channels["role"] == AGAINST).any(axis=0))[3])
    week = int(np.argmax(future.channels["role"][:, consumer] == AGAINST))
    go_to(market, week)
    market.locator("[data-market=number]").fill(str(consumer + 1))
    market.get_by_role("button", name="Follow").click()
    story = market.locator("[data-market=story]")
    story.get_by_role("heading", name=f"Consumer {consumer + 1:,}").wait_for()
    firm = future.suppliers[future.channels["target"][week, consumer]].name
    expect(story.locator("[data-market=is]")).to_have_text(f"militant against {firm}")
    told = story.get_by_text(f"Turns militant against {firm}").first
    told.wait_for()
    story.get_by_role("button", name=str(week), exact=True).first.click()
    shows(market, week)
    # Its peers are buttons, and arrow keys on the picture go from peer to peer.
    canvas = market.locator("[data-market=canvas]")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        canvas.press(key)
    market.wait_for_function("one => window.__market.consumer !== one", arg=consumer)
    other = market.evaluate("window.__market.consumer")
    shows(market, week)
    story.get_by_role("heading", name=f"Consumer {other + 1:,}").wait_for()
    canvas.press("Escape")
    story.get_by_text("Choose a point").wait_for()
    # A click takes whoever stands nearest.
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 4})
    market.wait_for_function("window.__market.consumer >= 0")


def test_colours_can_be_switched_filtered_and_read_as_a_table(market, future):
    go_to(market, 33)
    market.locator("[data-market=by-supplier]").click()
    places = [NOBODY, *future.in_sector(0)]
    counted = [int((future.channels["supplier.0"][33] == place).sum()) for place in places]
    market.wait_for_function("counts => String(window.__network.counts) === counts", arg=",".join(map(str, counted)))
    drawn = market.evaluate("window.__network_drawn")
    market.locator("[data-market=legend-1]").click()
    expect(market.locator("[data-market=legend-1]")).to_have_attribute("aria-pressed", "true")
    market.wait_for_function("before => window.__network_drawn > before", arg=drawn)
    market.get_by_role("button", name="Show all").click()
    expect(market.locator("[data-market=legend-1]")).to_have_attribute("aria-pressed", "false")
    market.locator(".mk-table summary").click()
    expect(market.locator("[data-market=table] tbody tr")).to_have_count(len(places))
    expect(market.locator("[data-market=table] caption")).to_have_text("Week 33")


def test_an_event_is_put_in_and_compared_with_the_untouched_future(market, future):
    go_to(market, 49)
    card = market.locator(".mk-inject")
    card.get_by_label("Event", exact=True).select_option("scandal")
    card.get_by_label("Firm", exact=True).select_option("Nova")
    card.get_by_role("button", name="Let it happen in week 50").click()
    verdict = market.locator("[data-market=verdict]")
    verdict.wait_for()
    values = {"firm": "Nova", "cause": future.causes[0], "severity": 0.8, "revealed": 1}
    branch = record(injected(future.scenario, future, "scandal", values, 50))
    assert branch is not None
    differs = changed_consumers(future, branch)
    market.locator("[data-market=by-change]").click()
    for week in (49, 60, 104):
        go_to(market, week)
        changed = int(differs[week].sum())
        market.wait_for_function(
            "counts => String(window.__network.counts) === counts", arg=f"{5000 - changed},{changed}"
        )
    expect(verdict).to_contain_text("week 50")
    market.wait_for_function("(window.__plots || {})['market-difference']")
    # Back to the untouched future, and without the branch again.
    market.get_by_role("button", name="Untouched future", exact=True).click()
    verdict.wait_for(state="detached")
    roles = np.bincount(future.channels["role"][104], minlength=5).tolist()
    market.wait_for_function("roles => String(window.__network.roles) === roles", arg=",".join(map(str, roles)))
    market.get_by_role("button", name="Remove").click()
    market.get_by_role("button", name="Untouched future", exact=True).wait_for(state="detached")


def test_after_the_last_week_nothing_can_happen(market):
    market.get_by_role("button", name="To the end").click()
    market.get_by_text("after the last one nothing can happen").wait_for()
    expect(market.get_by_role("button", name=re.compile("Let it happen"))).to_be_disabled()


def test_a_firm_is_inspected_through_time(market, future):
    card = market.locator(".mk-firm")
    card.get_by_label("Firm", exact=True).select_option("Citadel")
    card.get_by_text("Scandal · Citadel").first.wait_for()
    card.get_by_role("radio", name="Militancy").click()
    card.get_by_role("img", name=re.compile("Boycotters")).wait_for()
    go_to(market, 31)
    level = future.figures["attackers"][30, future.firms.index("Citadel")]
    said = re.compile(rf"Speaking against.*\b{re.escape(f'{level / 1000:.1f}K')}")
    expect(card.get_by_role("img", name=said)).to_be_visible()


def test_another_future_of_another_market_in_french_on_a_phone(new_page):
    page = new_page("/market", locale="fr-FR", width=390, height=844, has_touch=True)
    choose(page, "swap_fair", 3)
    page.get_by_text("futur n° 3").wait_for()
    page.get_by_role("heading", name="Qui écoute qui").wait_for()
    fits(page)
    expected = record(fitted(load("swap_fair")), 2)
    assert expected is not None
    page.evaluate("window.__market.goTo(50)")
    roles = np.bincount(expected.channels["role"][50], minlength=5).tolist()
    page.wait_for_function("roles => String(window.__network.roles) === roles", arg=",".join(map(str, roles)))


def test_two_years_of_five_thousand_are_drawn_in_a_few_milliseconds_a_week(market):
    market.get_by_role("radio", name="fast").click()
    market.evaluate("window.__draws = []")
    market.locator("[data-market=play]").click()
    market.wait_for_function("window.__market.week === 104")
    draws = market.evaluate("window.__draws")
    assert len(draws) > 20
    # One or two on an idle machine without graphics hardware; other work on it may take the processor away.
    assert np.median(draws) < 25


def test_roles_have_shapes_of_their_own_not_colours_alone(market):
    shapes = market.locator(".mk-legend path")
    drawn = {shapes.nth(role).get_attribute("d") for role in (CONTRIBUTOR, FOR, AGAINST)}
    assert len(drawn) == 3
    styles = {shapes.nth(role).get_attribute("style") for role in (0, 1)}
    assert len(styles) == 2
