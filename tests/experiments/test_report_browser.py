"""The report in a real browser: it draws, asks for nothing, and fits a phone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DRAWN = "html[data-drawn=yes]"


@pytest.fixture
def browser():
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_report_draws_everything_by_itself(browser, results_folder: Path, width: int, scheme: str):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((results_folder / "report.html").as_uri())
    page.wait_for_selector(DRAWN, timeout=60_000)
    assert said == []
    assert asked == [(results_folder / "report.html").as_uri()]
    plots = page.locator(".plot")
    assert page.locator(".plot .main-svg").count() >= plots.count() > 15
    assert page.locator("html").get_attribute("data-theme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # A name that looks like a tag is drawn as it is.
    assert "=Nova & <fils>"[:14] in page.locator("#chart-share").inner_text()
    label = page.locator("[data-chart=share]").get_attribute("aria-label")
    assert label.startswith("Market share. At the end: Pyramide ")

    page.click("[data-language=fr]")
    page.wait_for_selector(DRAWN, timeout=60_000)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.title() == "Deux mondes se rencontrent · userisation"
    assert "mène à la fin" in page.locator("h1").inner_text()
    assert "leads" not in page.locator("h1").inner_text()
    assert page.locator("[data-chart=share]").get_attribute("aria-label").startswith("Part de marché")

    page.locator("[data-table=share] summary").click()
    # The rows are made once the table opens, a moment after the click.
    page.locator("[data-table=share] tbody tr").first.wait_for()
    assert page.locator("[data-table=share] tbody tr").count() == 60
    page.locator("#chips button").nth(1).click()
    page.wait_for_selector(DRAWN, timeout=60_000)
    assert page.locator("#chips button").nth(1).get_attribute("aria-pressed") == "true"
    page.select_option("#figure", "more-units")
    assert "Unités vendues" in page.locator("#chart-more").inner_text()
    assert said == []
    context.close()
