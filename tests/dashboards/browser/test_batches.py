"""The page of experiments in a real browser: begun, watched, stopped, gone on with; seen by two; asked; refused."""

import re

import pytest
from playwright.sync_api import expect

from experiments.batch.results import open_results
from tests.dashboards.batches.conftest import SMALL, many
from tests.dashboards.browser.test_every_page import fits
from tests.dashboards.conftest import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRAWN = "start => Object.keys(window.__plots || {}).some(name => name.startsWith(start))"


def wait_for_state(page, name, *states):
    """Wait until a job has got so far: it runs in processes of its own, which start first, beside all other tests."""
    page.wait_for_selector(", ".join(f"[data-job='{name}'][data-state={one}]" for one in states), timeout=3 * PATIENCE)


def give(page, name, text):
    """Give a file to the page of experiments."""
    page.wait_for_selector(".b-gallery")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": text.encode()})


def start(page, name, text):
    """Begin an experiment of one's own, and give the name of its folder."""
    give(page, f"{name}.toml", text)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_function("location.search.startsWith('?open=')")
    return page.evaluate("new URLSearchParams(location.search).get('open')")


def test_an_experiment_outlives_its_page_is_stopped_gone_on_with_and_drawn(new_page, dashboard):
    page = new_page("experiments")
    name = start(page, "prices", many())
    wait_for_state(page, name, "running")
    expect(page.locator("main")).to_contain_text(re.compile(r"[1-9]\d* of 720 runs"))
    page.reload()  # nothing of it lives in the page
    wait_for_state(page, name, "running", "done")
    other = new_page("experiments")  # another visitor sees the same
    wait_for_state(other, name, "running")
    other.get_by_role("button", name="Stop: Small").click()
    wait_for_state(page, name, "stopped")
    wait_for_state(other, name, "stopped")
    with open_results(dashboard.results / name) as results:
        kept = results.status().done
    assert 0 < kept < 720
    page.wait_for_function(DRAWN, arg="fan")
    page.get_by_role("button", name="Go on", exact=True).click()
    wait_for_state(page, name, "done")
    expect(page.locator("main")).to_contain_text("720 of 720 runs")
    expect(page.locator(".b-answer").first).to_contain_text("8 in 10 lie between")
    page.get_by_role("radio", name="Two factors").click()
    page.wait_for_function(DRAWN, arg="map")
    page.locator("select").nth(0).select_option(label="Profit")
    page.wait_for_function(
        "[...document.querySelectorAll('.b-answer')].some(one => one.innerText.startsWith('Profit'))"
    )
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    assert saved.value.suggested_filename == f"{name}.csv"
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 721
    assert lines[0].startswith("run,point,arm,replicate,citadel,peers,status")


def test_a_question_is_asked_of_an_experiment_and_answered_on_the_page(new_page):
    page = new_page("experiments")
    name = start(page, "questions", SMALL.replace("levels = [9.0, 10.0, 11.0]", "low = 8.0\nhigh = 12.0").replace(
        'kind = "full_grid"', 'kind = "latin_hypercube"\nsize = 70'
    ).replace("steps = 2\n", "").replace("replicates = 3", "replicates = 1"))  # fmt: skip
    wait_for_state(page, name, "done")
    page.get_by_role("radio", name="Ask", exact=True).click()
    page.get_by_role("button", name="Ask", exact=True).click()
    wait_for_state(page, f"{name}-sensitivity", "done")
    page.get_by_role("button", name=re.compile("What does this depend on: Market share, Citadel")).click()
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2")
    expect(page.locator("main")).to_contain_text("citadel")
    expect(page.locator("main")).to_contain_text("The answer")
    page.get_by_role("radio", name="French").click()
    expect(page.locator("main")).to_contain_text("La réponse")
    page.get_by_role("button", name=re.compile(rf"L'expérience\s:\s{name}")).click()
    wait_for_state(page, name, "done")


def test_a_file_that_is_wrong_is_refused_with_its_lines(new_page):
    page = new_page("experiments")
    give(page, "mine.toml", SMALL.replace("network.peers", "network.pears").replace("[9.0, 10.0", "[9.0, -1.0"))
    line = 1 + SMALL.splitlines().index('key = "network.peers"')
    expect(page.locator(".b-problems")).to_contain_text(f"mine.toml:{line}")
    expect(page.locator(".b-problems li").nth(1)).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_hidden()
    give_again = SMALL.replace('"baseline"', '"../baseline.toml"')
    page.set_input_files(
        "input[type=file]", {"name": "mine.toml", "mimeType": "text/plain", "buffer": give_again.encode()}
    )
    expect(page.locator("main")).to_contain_text("../baseline.toml")


def test_an_experiment_is_put_together_without_a_file(new_page):
    page = new_page("experiments?new=own")
    page.wait_for_selector(".b-knob")
    before = page.locator(".b-knob").count()
    page.get_by_role("button", name="Vary one more").click()
    expect(page.locator(".b-knob")).to_have_count(before + 1)
    page.locator(".b-knob select").nth(2 * before).select_option(label="Peer network")
    page.wait_for_function("[...document.querySelectorAll('.b-knob select')].some(one => /Peers/.test(one.innerText))")
    page.get_by_role("button", name="See what it costs").click()
    page.wait_for_selector(".b-cost")
    expect(page.locator(".u-two .u-table tbody tr")).to_have_count(before + 1)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()


def test_addresses_that_lead_nowhere_are_answered(new_page):
    for path in ("experiments?open=../../etc", "experiments?open=nothing", "experiments?new=..%2Fsecret"):
        page = new_page(path)
        page.wait_for_selector(".u-notice")
        page.get_by_role("button", name="All experiments").click()
        page.wait_for_selector(".b-gallery")


def test_an_experiment_of_the_library_tells_its_story_and_its_cost_on_a_phone(new_page):
    page = new_page("experiments", locale="fr-FR", width=390, height=844, color_scheme="dark")
    page.locator("[data-experiment=screening]").click()
    page.wait_for_selector("h1:has-text('Quelles hypothèses comptent')")
    expect(page.locator(".b-cost")).to_contain_text("560 simulations")
    fits(page)
    page.locator("input[type=number]").first.fill("4")
    page.locator("input[type=number]").first.press("Enter")
    expect(page.locator("main")).to_contain_text("28 points")
