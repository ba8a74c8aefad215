"""Claims, facts and the method in a browser: found, filtered, opened, measured again."""

import re

import pytest
from playwright.sync_api import expect

from experiments.claims.findings import packaged
from experiments.facts.findings import packaged as packaged_facts
from tests.dashboards.browser.test_every_page import fits, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVERY = packaged().claims


def claims_in(page):
    return page.locator(".e-claim")


def shown(page, count):
    expect(claims_in(page)).to_have_count(count)


def test_nothing_is_run_when_it_is_opened_and_every_claim_is_there(new_page):
    page = new_page("claims")
    shown(page, len(EVERY))
    page.wait_for_function("((window.__plots || {})['claim-points'] || {}).count >= 1")
    for verdict, count in packaged().counts.items():
        expect(page.locator(f".e-part.{verdict}")).to_have_text(re.compile(rf"^{count}\D"))
    expect(page.locator("main [role=progressbar], main .u-progress")).to_have_count(0)
    first = EVERY[0]
    expect(page.locator(".e-detail")).to_contain_text(first.claim["en"])
    expect(page.locator(".e-quote")).to_contain_text(first.quote)


def test_claims_are_filtered_and_searched(new_page):
    page = new_page("claims")
    page.locator(".e-part.not_here").click()
    shown(page, packaged().counts["not_here"])
    page.locator(".e-part.undecided").click()
    shown(page, packaged().counts["not_here"] + packaged().counts["undecided"])
    page.get_by_role("button", name="Show all").click()
    shown(page, len(EVERY))
    page.get_by_label("Search claims").fill("SINCERE pretends")
    shown(page, 1)
    page.get_by_label("Search claims").fill("surely nobody claims this")
    page.get_by_text("No claim has all these words").wait_for()
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Source").select_option("S0")
    shown(page, sum("S0" in one.source for one in EVERY))


def test_the_evidence_is_one_click_away(new_page):
    page = new_page("claims")
    name = "porous_sectors"
    result = next(one for one in EVERY if one.scenario == name)
    claims_in(page).filter(has_text=result.claim["en"]).click()
    page.wait_for_function("name => location.search === '?claim=' + name", arg=name)
    detail = page.locator(".e-detail")
    detail.get_by_text(result.quote).wait_for()
    passing = sum(point.outcome == "pass" for point in result.points)
    expect(detail).to_contain_text(f"As expected at {passing} of {len(result.points)} points")
    page.locator("summary", has_text="All points in numbers").click()
    expect(page.locator(".e-side details[open] tbody tr")).to_have_count(len(result.points))
    assert violations(page) == []
    again = new_page(f"claims?claim={name}")
    again.locator(".e-quote").get_by_text(result.quote).wait_for()


def test_a_claim_leads_to_its_comparison_and_to_the_lab(new_page):
    page = new_page("claims?claim=sincere_opening")
    link = page.get_by_role("link", name="Open its scenario in the Lab")
    expect(link).to_have_attribute("href", re.compile(r"/\?scenario=sincere_opening$"))
    page.get_by_role("link", name="Compare it with its counterfactual").click()
    page.wait_for_selector(".c-headline")
    expect(page.get_by_label("Scenario A")).to_have_value("without:sincere_opening")
    expect(page.get_by_label("Scenario B")).to_have_value("library:sincere_opening")


def test_the_lab_takes_the_scenario_of_a_claim(page):
    page.wait_for_selector(".l-head h1")
    page.get_by_role("link", name="Claims and facts", exact=True).first.click()
    shown(page, len(EVERY))
    result = next(one for one in EVERY if one.scenario == "porous_sectors")
    claims_in(page).filter(has_text=result.claim["en"]).click()
    page.locator(".e-detail").get_by_text(result.quote).wait_for()
    page.get_by_role("link", name="Open its scenario in the Lab").click()
    page.wait_for_selector(".l-head h1")
    page.get_by_text(result.title["en"]).first.wait_for()


def test_a_claim_is_measured_again(new_page):
    page = new_page("claims?claim=porous_sectors")
    page.get_by_role("button", name="Measure it again, quickly").click()
    page.get_by_text("Measured again in a small way").wait_for()
    expect(page.get_by_text("a small check, not a new verdict")).to_be_visible()
    expect(page.locator(".e-detail .u-table")).to_have_count(3)


def test_facts_stand_with_their_bands(new_page):
    page = new_page("claims?show=facts")
    found = packaged_facts()
    every = [one for fact in found.facts for one in fact.statistics]
    expect(page.locator(".e-fact")).to_have_count(len(found.facts))
    expect(page.locator(".e-strips li")).to_have_count(len(every))
    expect(page.locator(".e-dot.out")).to_have_count(sum(one.inside is False for one in every))
    page.get_by_role("radio", name="Outside").click()
    outside = sum(fact.inside is False for fact in found.facts)
    expect(page.locator(".e-fact")).to_have_count(outside)
    page.get_by_role("button", name="Show the curve").first.click()
    page.wait_for_function("((window.__plots || {})['fact-double_jeopardy'] || {}).count >= 1")
    assert violations(page) == []


def test_a_phone_opens_claims_above_the_list(new_page):
    page = new_page("claims", locale="fr-FR", width=390, height=844, has_touch=True)
    shown(page, len(EVERY))
    expect(page.locator(".e-side")).to_be_hidden()
    claims_in(page).nth(5).click()
    page.locator(".e-detail").get_by_text(EVERY[5].claim["fr"]).wait_for()
    page.wait_for_function("Math.abs(document.querySelector('.e-side').getBoundingClientRect().top) < 400")
    fits(page)


def test_the_method_is_searched(new_page):
    page = new_page("method")
    glossary = page.locator("#method-glossary")
    glossary.get_by_label("Search the glossary").fill("saillance permanente")
    expect(glossary.locator("tbody tr")).to_have_count(1)
    expect(glossary).to_contain_text("cause.salience")
    glossary.get_by_label("Search the glossary").fill("surely nothing has these words")
    glossary.get_by_text("Nothing has all these words").wait_for()
    page.get_by_role("link", name="What it is not").click()
    page.wait_for_function("document.activeElement.id === 'method-limits'")
