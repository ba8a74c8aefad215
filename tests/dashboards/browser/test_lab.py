"""The Lab in a browser: drag, keys, events, undo, files, links."""

import json
import re

import pytest
from playwright.sync_api import expect

from dashboards.lab.levers import levers_of
from dashboards.lab.ranges import LOG_PLACES
from dashboards.markets import Draft
from sim.scenario import changed
from tests.dashboards.browser.test_every_page import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUICK = "scenario={}&set=population.size=300&set=horizon=40"
"""A small market: what is tried here is the page, not the model."""


def quick(name="baseline"):
    return "/?" + QUICK.format(name)


def settled(page):
    """Wait until what is seen is that of the present levers, all futures in it."""
    page.wait_for_function(
        "window.__plots && window.__plots.share && document.querySelector('.l-head h1 em')"
        " && !document.querySelector('[aria-busy=true]')"
    )
    return page


def drawn(page):
    return page.evaluate("window.__plots.share.count")


def lever(page, name):
    return page.get_by_role("slider", name=name, exact=True).first


def value(slider):
    return float(slider.input_value())


def closed(page):
    """Wait until no window is open: one that closes gives the focus back to the button that opened it."""
    expect(page.locator("dialog[open]")).to_have_count(0)


def wait_for_drawing(page, count):
    page.wait_for_function("count => window.__plots.share.count > count", arg=count)
    settled(page)


def headline(page):
    return page.locator(".l-head h1")


def query(page):
    return page.evaluate("decodeURIComponent(location.search)")


FIGURE = """() => {
  const at = document.querySelector('.l-shares .js-plotly-plot');
  return JSON.stringify({ data: at.data, range: at.layout.yaxis.range });
}"""
"""What is drawn of the shares."""


def figure(page):
    return page.evaluate(FIGURE)


def wait_for_figure(page, wanted):
    page.wait_for_function(f"wanted => ({FIGURE})() === wanted", arg=wanted)


def wait_for_line(page, name, there=True):
    page.wait_for_function(
        f"([name, there]) => JSON.parse(({FIGURE})()).data.some(one => one.name === name) === there", arg=[name, there]
    )


def test_dragging_a_lever_moves_the_futures_and_is_one_step(new_page):
    page = settled(new_page(quick()))
    before, count = headline(page).inner_text(), drawn(page)
    box = lever(page, "Price").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.375, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(box["x"] + box["width"] * (0.375 - 0.02 * step), y)
    page.mouse.up()
    wait_for_drawing(page, count)
    expect(headline(page)).not_to_have_text(before)
    expect(headline(page)).to_contain_text("above the baseline")
    page.wait_for_function("location.search.includes('levers.price')")
    wait_for_line(page, "Baseline")
    # The whole drag is undone at once.
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("!location.search.includes('levers.price')")
    expect(settled(page).get_by_role("button", name="Redo")).to_be_enabled()


def test_keys_move_a_lever_and_undo_it(new_page):
    page = settled(new_page(quick()))
    price = lever(page, "Price")
    price.focus()
    first = value(price)
    count = drawn(page)
    page.keyboard.press("ArrowRight")
    wait_for_drawing(page, count)
    assert value(price) == pytest.approx(first + 0.1)
    moved = figure(page)
    page.keyboard.press("Control+z")
    page.wait_for_function(
        "value => Number(document.querySelector('.l-side input[type=range]').value) === value", arg=first
    )
    settled(page)
    page.keyboard.press("Control+y")
    page.wait_for_function("location.search.includes('levers.price')")
    page.wait_for_function(
        "value => Number(document.querySelector('.l-side input[type=range]').value) !== value", arg=first
    )
    wait_for_figure(page, moved)
    price.press("Delete")  # sets a lever back to the baseline
    page.wait_for_function("!location.search.includes('levers.price')")


def test_axes_stay_while_a_lever_moves(new_page):
    page = settled(new_page(quick()))
    price = lever(page, "Price")
    for key in ("Home", "End"):
        count = drawn(page)
        price.press(key)
        wait_for_drawing(page, count)
        if key == "Home":
            top = json.loads(figure(page))["range"]
    assert json.loads(figure(page))["range"] == top


def test_a_lever_that_is_not_in_sight_is_found_by_words_and_moved(new_page):
    page = settled(new_page(quick()))
    page.get_by_label("Find a lever").fill("fuites marche")
    switch = page.get_by_role("switch", name="Leaks: at work")
    switch.wait_for()
    count = drawn(page)
    switch.click()
    wait_for_drawing(page, count)
    page.wait_for_function("decodeURIComponent(location.search).includes('mechanisms.leaks.enabled=false')")
    page.get_by_label("Find a lever").fill("xyzzy")
    page.get_by_text("No lever has these words").wait_for()


def test_a_value_that_does_not_go_with_others_is_refused_with_a_message(new_page):
    page = settled(new_page(quick()))
    page.get_by_label("Find a lever").fill("mechanisms.activation.click_cost")
    slider = page.locator("[role=search] input[type=range]").first
    slider.wait_for()
    slider.press("End")
    page.locator(".u-notice.is-error").wait_for()
    expect(page.locator("body")).not_to_contain_text("Traceback")
    assert "click_cost" not in query(page)
    # The lever is back where it was.
    page.wait_for_function("Number(document.querySelector('[role=search] input[type=range]').value) < 0.1")


def test_a_slider_of_ratios_goes_to_the_places_that_are_foretold(new_page):
    key = "population.traits.propensity.median"
    reach = levers_of(Draft.of("baseline"))[key].range
    assert reach is not None
    page = settled(new_page(quick()))
    page.get_by_label("Find a lever").fill(key)
    slider = page.locator("[role=search] input[type=range]").first
    expect(slider).to_have_attribute("max", str(reach.log_places))
    place = int(slider.input_value())
    wanted = [float(f"{reach.low * (reach.high / reach.low) ** (n / LOG_PLACES):.3g}") for n in (place + 1, place + 2)]
    for value in wanted:
        slider.press("ArrowRight")
        page.wait_for_function("text => decodeURIComponent(location.search).includes(text)", arg=f"{key}={value}")
    slider.press("ArrowRight")
    page.wait_for_function(
        "text => decodeURIComponent(location.search).includes(text)", arg=f"{key}={reach.next_after(*wanted)}"
    )


def test_events_are_moved_by_hand_and_by_key_switched_and_removed(new_page):
    page = settled(new_page(quick("sweatshop_scandal")))
    mark = page.locator(".l-mark")
    expect(mark).to_have_attribute("data-week", "30")
    count = drawn(page)
    mark.press("ArrowLeft")
    wait_for_drawing(page, count)
    expect(mark).to_have_attribute("data-week", "29")
    box = mark.bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] + 9, steps=6)
    count = drawn(page)
    page.mouse.up()
    page.wait_for_function("Number(document.querySelector('.l-mark').dataset.week) < 29")
    week = int(mark.get_attribute("data-week"))
    expect(mark).to_have_attribute("aria-label", re.compile(rf"Week {week}\b"))
    settled(page)
    mark.press(" ")
    page.wait_for_selector(".l-mark.off")
    expect(mark).to_have_attribute("aria-label", re.compile("switched off"))
    page.keyboard.press("Delete")
    page.wait_for_function("!document.querySelector('.l-mark')")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector(".l-mark.off")


def test_a_rival_and_a_price_cut_are_added(new_page):
    page = settled(new_page(quick()))
    count = drawn(page)
    page.get_by_role("button", name="Add an event").click()
    page.get_by_role("button", name="A rival's entry").click()
    page.get_by_role("switch", name="It happens").wait_for()
    page.get_by_role("button", name="Done").click()
    closed(page)
    wait_for_drawing(page, count)
    wait_for_line(page, "Newcomer")
    page.get_by_role("button", name="Add an event").click()
    page.get_by_role("button", name="Price cut").click()
    page.get_by_role("button", name="Done").click()
    page.wait_for_function("document.querySelectorAll('.l-mark').length === 2")
    settled(page)
    page.locator(".l-mark", has_text="Newcomer").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_function("document.querySelectorAll('.l-mark').length === 1")
    wait_for_line(page, "Newcomer", there=False)


def test_a_link_restores_the_market(new_page):
    page = settled(new_page(quick("sweatshop_scandal")))
    count = drawn(page)
    lever(page, "Price").press("ArrowLeft")
    wait_for_drawing(page, count)
    page.wait_for_function("location.search.includes('levers.price')")
    address, said, seen = page.url, headline(page).inner_text(), figure(page)
    other = settled(new_page("/?" + address.partition("?")[2]))
    expect(headline(other)).to_have_text(said)
    wait_for_figure(other, seen)


def test_a_market_is_named_saved_and_opened_again(new_page, tmp_path):
    page = settled(new_page(quick("sweatshop_scandal")))
    count = drawn(page)
    lever(page, "Openness").press("ArrowRight")
    wait_for_drawing(page, count)
    page.locator(".l-mark").press(" ")
    page.wait_for_selector(".l-mark.off")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name of the scenario").fill("../My été: plan")
    page.get_by_label("Name of the scenario").press("Tab")
    page.wait_for_function("document.querySelector('.l-name').innerText.includes('My été')")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the file").click()
    assert caught.value.suggested_filename == "my_ete_plan.toml"
    path = tmp_path / "plan.toml"
    caught.value.save_as(path)
    saved = Draft.from_toml(path.read_text("utf-8"))
    expected = changed(
        Draft.of("sweatshop_scandal").scenario,
        {"population.size": 300, "horizon": 40, "firm.Citadel.levers.openness": 0.11},
    )
    assert saved.scenario.firms == expected.firms
    assert not saved.scenario.events
    assert saved.scenario.title.fr == "../My été: plan"
    page.keyboard.press("Escape")
    other = settled(new_page(quick("price_war")))
    other.get_by_role("button", name="Open", exact=True).click()
    other.set_input_files("dialog input[type=file]", path)
    other.wait_for_function("document.querySelector('.l-name').innerText.includes('My été')")
    settled(other)
    closed(other)
    expect(lever(other, "Openness")).to_have_value("0.11")
    # What was switched off has come with the file, and can be switched on.
    expect(other.locator(".l-mark")).to_have_attribute("aria-label", re.compile("switched off"))
    other.locator(".l-mark").press(" ")
    other.wait_for_function("!document.querySelector('.l-mark.off')")


def test_an_answer_to_an_older_word_does_not_undo_what_was_typed_since(new_page):
    page = settled(new_page(quick()))
    page.get_by_role("button", name="Save", exact=True).click()
    field = page.get_by_label("Name of the scenario")
    field.wait_for()
    told = field.evaluate(
        """async (input) => {
          const field = input.closest('.u-field').__vue__, told = [];
          field.event_value = () => {};
          for (const word of ['a', 'ab', 'abc']) { field.local = word; field.send(); }
          field.local = 'abcd';  // typed, and not sent yet
          for (const given of ['a', 'abc', 'another name']) {
            field.value = given;
            await field.$nextTick();
            told.push(field.local);
          }
          return told;
        }"""
    )
    assert told == ["abcd", "abcd", "another name"]


def test_a_bad_file_is_refused_with_all_its_mistakes(new_page, tmp_path):
    page = settled(new_page(quick()))
    page.get_by_role("button", name="Open", exact=True).click()
    for name, text, words in (
        (
            "wrong.toml",
            "extends = 'baseline'\nhorizon = -3\n[population]\nsizze = 3\n",
            ["wrong.toml:2", "wrong.toml:4"],
        ),
        ("evil.toml", "extends = '/etc/passwd'\n", ["evil.toml:1"]),
        ("no.toml", "\x00\x01 not toml", ["no.toml:1"]),
    ):
        path = tmp_path / name
        path.write_text(text)
        page.set_input_files("dialog input[type=file]", path)
        page.locator(".u-dialog .u-notice.is-error", has_text=words[0]).wait_for()
        shown = page.locator(".u-dialog .u-notice.is-error").inner_text()
        assert all(word in shown for word in words)
        assert "Traceback" not in shown
    large = tmp_path / "large.toml"
    large.write_text("# " + "x" * 1_100_000)
    page.set_input_files("dialog input[type=file]", large)
    page.get_by_text("too large").wait_for()


def test_numbers_and_report_can_be_taken_away(new_page, tmp_path):
    page = settled(new_page(quick()))
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Numbers (CSV)").click()
    path = tmp_path / "numbers.csv"
    caught.value.save_as(path)
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("market,figure,item,week,")
    assert any(line.startswith("now,share,Nova,40,") for line in lines)
    with page.expect_download(timeout=120_000) as caught:
        page.get_by_role("button", name="Report (HTML)").click()
    report = tmp_path / "report.html"
    caught.value.save_as(report)
    text = report.read_text("utf-8")
    assert "Nova" in text
    assert not re.search(r'<(script|link|img|iframe)\b[^>]*(src|href)="https?:', text)


def test_the_gallery_leads_to_another_market_and_a_baseline_can_be_set(new_page):
    page = settled(new_page())
    page.get_by_role("button", name=re.compile(r"^All \d+ scenarios$")).click()
    page.get_by_label("Find a scenario").fill("aeriennes")
    count = drawn(page)
    page.locator("dialog [data-scenario=price_war]").click()
    wait_for_drawing(page, count)
    closed(page)
    expect(headline(page)).to_contain_text("Aubaine")
    expect(page.get_by_role("button", name="Set as baseline")).to_be_disabled()
    count = drawn(page)
    lever(page, "Price").press("ArrowLeft")
    wait_for_drawing(page, count)
    page.get_by_role("button", name="Set as baseline").click()
    page.get_by_text("This is now your baseline.").wait_for()
    expect(page.locator(".l-support")).to_contain_text("This is your baseline")


def test_other_figures_and_more_futures_can_be_chosen(new_page):
    page = settled(new_page(quick()))
    page.get_by_role("radio", name="4", exact=True).click()
    expect(page.locator(".l-support")).to_contain_text("4 futures")
    settled(page)
    page.get_by_role("button", name="Choose the figures").click()
    page.get_by_label("Figure 2").select_option("surplus")
    expect(page.locator(".u-kpis")).to_contain_text("Consumer surplus")
    page.keyboard.press("Escape")
    settled(page)
    expect(page.locator(".u-kpi-v")).to_have_text(4 * [re.compile(r"\d")])


def test_french_numbers_and_words(new_page):
    page = settled(new_page(quick(), locale="fr-FR"))
    expect(headline(page)).to_contain_text("En semaine 40, Nova tient ")
    expect(page.locator(".u-kpis")).to_have_text(re.compile(r"\d,\d"))
    page.get_by_role("radio", name="Anglais").click()
    expect(headline(page)).to_contain_text("By week 40, ")
    settled(page)


def test_on_a_phone_levers_are_in_a_sheet(new_page):
    page = settled(new_page(quick("sweatshop_scandal"), width=390, height=844, has_touch=True))
    fits(page)
    expect(lever(page, "Price")).to_be_hidden()
    count = drawn(page)
    page.locator(".l-fab").click()
    lever(page, "Price").wait_for()
    lever(page, "Price").press("ArrowLeft")
    wait_for_drawing(page, count)
    page.keyboard.press("Escape")
    page.wait_for_function("getComputedStyle(document.querySelector('.l-side')).visibility === 'hidden'")


def test_the_theme_repaints_charts_without_new_data(new_page):
    page = settled(new_page(quick()))
    light = json.loads(figure(page))["data"][-1]["line"]["color"]
    page.get_by_role("button", name="Dark or light").click()
    page.wait_for_function(
        "colour => [...document.querySelectorAll('.l-shares .js-plotly-plot')].some("
        "(one) => one.data[one.data.length - 1].line.color !== colour)",
        arg=light,
    )
