"""Claims, facts and the method in a browser: found, filtered, opened, measured again."""

import pytest

from experiments.claims.findings import packaged
from experiments.facts.findings import packaged as packaged_facts
from tests.dashboards.browser.test_every_page import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVERY = packaged().claims


def claims_in(page):
    return page.locator(".e-claim")


def shown(page, count):
    page.wait_for_function("count => document.querySelectorAll('.e-claim').length === count", arg=count)


def test_nothing_is_run_when_it_is_opened_and_every_claim_is_there(new_page):
    page = new_page("claims")
    shown(page, len(EVERY))
    page.wait_for_function("((window.__plots || {})['claim-points'] || {}).count >= 1")
    for verdict, count in packaged().counts.items():
        assert str(count) in page.locator(f".e-part.{verdict}").inner_text()
    assert page.locator("main [role=progressbar], main .u-progress").count() == 0
    first = EVERY[0]
    assert first.claim["en"] in page.locator(".e-detail").inner_text()
    assert first.quote in page.locator(".e-quote").inner_text()


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
    assert f"As expected at {passing} of {len(result.points)} points" in detail.inner_text()
    page.locator("summary", has_text="All points in numbers").click()
    assert page.locator(".e-side details[open] tbody tr").count() == len(result.points)
    assert violations(page) == []
    again = new_page(f"claims?claim={name}")
    again.locator(".e-quote").get_by_text(result.quote).wait_for()


def test_a_claim_leads_to_its_comparison_and_to_the_lab(new_page):
    page = new_page("claims?claim=sincere_opening")
    link = page.get_by_role("link", name="Open its scenario in the Lab")
    assert link.get_attribute("href").endswith("/?scenario=sincere_opening")
    page.get_by_role("link", name="Compare it with its counterfactual").click()
    page.wait_for_selector(".c-headline")
    assert page.get_by_label("Scenario A").input_value() == "without:sincere_opening"
    assert page.get_by_label("Scenario B").input_value() == "library:sincere_opening"


def test_a_claim_is_measured_again(new_page):
    page = new_page("claims?claim=porous_sectors")
    page.get_by_role("button", name="Measure it again, quickly").click()
    page.get_by_text("Measured again in a small way").wait_for()
    assert page.get_by_text("a small check, not a new verdict").is_visible()
    assert page.locator(".e-detail .u-table").count() == 3


def test_facts_stand_with_their_bands(new_page):
    page = new_page("claims?show=facts")
    found = packaged_facts()
    page.wait_for_selector(".e-strips")
    assert page.locator(".e-fact").count() == len(found.facts)
    assert page.locator(".e-strips li").count() == sum(len(fact.statistics) for fact in found.facts)
    assert page.locator(".e-dot.out").count() == sum(
        one.inside is False for fact in found.facts for one in fact.statistics
    )
    page.get_by_role("radio", name="Outside").click()
    outside = sum(fact.inside is False for fact in found.facts)
    page.wait_for_function("count => document.querySelectorAll('.e-fact').length === count", arg=outside)
    page.get_by_role("button", name="Show the curve").first.click()
    page.wait_for_function("((window.__plots || {})['fact-double_jeopardy'] || {}).count >= 1")
    assert violations(page) == []


def test_a_phone_opens_claims_above_the_list(new_page):
    page = new_page("claims", locale="fr-FR", width=390, height=844, has_touch=True)
    shown(page, len(EVERY))
    assert not page.locator(".e-side").is_visible()
    claims_in(page).nth(5).click()
    page.locator(".e-detail").get_by_text(EVERY[5].claim["fr"]).wait_for()
    page.wait_for_function("Math.abs(document.querySelector('.e-side').getBoundingClientRect().top) < 400")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_method_is_searched(new_page):
    page = new_page("method")
    glossary = page.locator("#method-glossary")
    glossary.get_by_label("Search the glossary").fill("saillance permanente")
    page.wait_for_function("document.querySelectorAll('#method-glossary tbody tr').length === 1")
    assert "cause.salience" in glossary.inner_text()
    glossary.get_by_label("Search the glossary").fill("surely nothing has these words")
    glossary.get_by_text("Nothing has all these words").wait_for()
    page.get_by_role("link", name="What it is not").click()
    page.wait_for_function("document.activeElement.id === 'method-limits'")
