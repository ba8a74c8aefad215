"""Comparing in a browser: scenarios, figures, weeks, why; links, files, languages, a phone, cancelling."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from sim.scenario import load
from tests.dashboards.browser.test_every_page import fits, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TWO = "compare?a=library:baseline&b=library:sincere_opening"


def drawn(page, name="compare-levels", count=1):
    page.wait_for_function("([name, count]) => ((window.__plots || {})[name] || {}).count >= count", arg=[name, count])


def ready(page):
    page.wait_for_selector(".c-headline")
    drawn(page, "compare-pairs")
    page.wait_for_function("!document.querySelector('.c-found[aria-busy=true]')")
    return page


def headline(page):
    return page.locator(".c-headline")


def rows(page):
    return page.locator(".c-answer .u-table tbody tr")


def test_two_scenarios_are_compared_as_soon_as_they_are_chosen(new_page):
    page = ready(new_page(TWO))
    expect(headline(page)).to_contain_text("Market share, Nova, at the end: +")
    expect(page.locator(".c-sentence").first).to_contain_text("B (Nova opens itself, and means it)")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).nth(1)).to_contain_text("of 16")
    expect(page.get_by_text("Nova: openness").first).to_be_visible()


def test_other_figures_and_weeks_need_no_new_runs(new_page):
    page = ready(new_page(TWO))
    page.get_by_label("Figure", exact=True).select_option("contributors")
    page.wait_for_function("document.querySelector('.c-headline').innerText.startsWith('Contributors')")
    page.get_by_label("Of", exact=True).select_option("Agora")
    page.wait_for_function("document.querySelector('.c-headline').innerText.startsWith('Contributors, Agora')")
    page.get_by_role("radio", name="One week").click()
    page.wait_for_function("document.querySelector('.c-headline').innerText.includes('week 52')")
    week = page.get_by_role("slider", name="Week")
    week.press("ArrowRight")
    page.wait_for_function("document.querySelector('.c-headline').innerText.includes('week 53')")
    expect(page.locator(".c-running")).to_have_count(0)


def test_a_third_scenario_is_added_and_the_address_leads_back(new_page):
    page = ready(new_page(TWO))
    page.get_by_role("button", name="Add a scenario").click()
    page.get_by_label("Scenario C").wait_for()
    added = page.get_by_label("Scenario C").input_value().removeprefix("library:")
    assert [firm.name for firm in load(added).firms] == [firm.name for firm in load("baseline").firms]
    page.get_by_label("Scenario C").select_option("library:hypocrite")
    expect(rows(page)).to_have_count(3)
    page.wait_for_function("location.search.includes('c=library:hypocrite')")
    expect(page.locator(".c-panel")).to_have_count(3)
    again = ready(new_page(page.evaluate("location.pathname + location.search")))
    expect(again.get_by_label("Scenario C")).to_have_value("library:hypocrite")
    expect(headline(page)).to_have_text(headline(again).inner_text())
    page.get_by_role("button", name="Take B out").click()
    expect(rows(page)).to_have_count(2)
    expect(page.get_by_label("Scenario B")).to_have_value("library:hypocrite")


def test_the_market_of_the_lab_is_compared_with_its_baseline(new_page):
    page = new_page("?scenario=baseline&set=population.size=300&set=horizon=40&set=firm.Nova.levers.price=7.5")
    page.wait_for_selector(".l-head h1")
    page.get_by_role("link", name="Compare", exact=True).first.click()
    ready(page)
    expect(page.get_by_label("Scenario A")).to_have_value("baseline")
    expect(page.get_by_label("Scenario B")).to_have_value("draft")
    expect(page.get_by_text("Nova: price").first).to_be_visible()
    expect(page.locator(".c-answer")).to_contain_text("compared over 40 weeks")
    expect(page.locator(".c-answer")).to_contain_text("“at the end” is the mean of the last 13 weeks")


def test_why_is_found_out_in_the_background_and_can_be_stopped(new_page):
    page = ready(new_page("compare?a=library:baseline&b=library:sweatshop_scandal"))
    why = page.locator(".c-why")
    expect(why).to_contain_text("3 changes, 8 markets in 8 futures")
    why.get_by_role("button", name="Find out why").click()
    drawn(page, "compare-why")
    drawn(page, "compare-why-weeks")
    why.get_by_text("It is shared out like this").wait_for()
    expect(why).to_contain_text("Citadel: says on work")
    assert violations(page) == []
    why.get_by_role("radio", name="Thoroughly").click()
    why.get_by_role("button", name="Find out why").click()
    why.get_by_role("button", name="Stop").click()
    why.get_by_text("Stopped.").wait_for()
    expect(headline(page)).to_be_visible()


def test_runs_can_be_stopped_and_begun_again(new_page):
    page = new_page("compare?a=library:wardrobe_swap&b=library:group_buying")
    page.get_by_role("radio", name="64").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Compare again").click()
    page.get_by_role("radio", name="8", exact=True).click()
    ready(page)
    expect(page.locator(".c-caution").first).to_contain_text("8 futures")


def test_numbers_and_the_report_are_saved(new_page):
    page = ready(new_page(TWO))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Numbers (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text(encoding="utf-8-sig"))))
    assert {row["market"] for row in rows} == {"A", "B"}
    assert len(rows) == 2 * 104 + 2
    with page.expect_download() as saved:
        page.get_by_role("button", name="Report (HTML)").click()
    text = saved.value.path().read_text(encoding="utf-8")
    assert "Nova opens itself, and means it" in text


def test_in_french_numbers_open_in_columns_of_excel(new_page):
    page = ready(new_page(TWO, locale="fr-FR"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Nombres (CSV)").click()
    raw = saved.value.path().read_bytes()
    assert raw.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2 * 104 + 2
    assert {row["scénario"] for row in rows} == {"A", "B"}
    assert all(re.fullmatch(r"0,\d+", row["moyenne"]) for row in rows)


def test_a_scenario_file_is_compared_and_a_bad_one_refused(new_page, tmp_path):
    page = ready(new_page(TWO))
    page.get_by_text("Open a scenario file").first.click()
    good = tmp_path / "cheap.toml"
    schedule = '[[schedule]]\nweek = 9\nfirm = "Nova"\n'
    good.write_text(f'extends = "baseline"\n[title]\nen = "Nova <b>cheap</b>"\n{schedule}price = 7.0\n')
    page.locator("input[type=file]").set_input_files(good)
    expect(rows(page)).to_have_count(3)
    expect(page.locator(".c-answer .u-table")).to_contain_text("C · File: Nova <b>cheap</b>")
    bad = tmp_path / "bad.toml"
    bad.write_text(f'extends = "baseline"\n{schedule}prize = 7.0\n')
    page.locator("input[type=file]").set_input_files(bad)
    page.get_by_text("bad.toml:5").wait_for()
    expect(rows(page)).to_have_count(3)


JUNK = ["a=library:nowhere&b=%00", "a=library:baseline", "a=" + 500 * "x", "%ff=%fe&&&==", "d=1&a=file:x"]


@pytest.mark.parametrize("junk", JUNK)
def test_junk_in_the_address_leads_to_the_usual_comparison(new_page, junk):
    page = ready(new_page(f"compare?{junk}"))
    expect(page.get_by_label("Scenario B")).to_have_value("library:sincere_opening")


def test_french_on_a_phone(new_page):
    page = ready(new_page(TWO, locale="fr-FR", width=390, height=844, has_touch=True))
    expect(headline(page)).to_have_text(re.compile(r"^Part de marché, Nova, à la fin\s:\s\+"))
    expect(page.locator(".c-answer .u-table")).to_have_text(re.compile("\u202f%"))
    fits(page)
