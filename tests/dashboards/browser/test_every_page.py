"""What holds for each page, in both languages, on a laptop and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from dashboards.app.frame import PAGES
from dashboards.text import CATALOGUE

pytestmark = pytest.mark.browser

NAMES = {code: {path: CATALOGUE.texts(code)[f"page.{key}"] for path, key in PAGES.items()} for code in ("en", "fr")}
LOCALES = {"en": "en-GB", "fr": "fr-FR"}


def settled(page):
    """Wait until a page has its heading, and nothing on it is being worked out any more."""
    page.wait_for_selector("main h1")
    page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    return page


def fits(page):
    """Wait until nothing stands out of the window to the right."""
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def link(page, name):
    """Give the first link of a name."""
    return page.get_by_role("link", name=name, exact=True).first


def violations(page):
    """What axe finds against WCAG 2.1 A and AA, one line each."""
    from axe_playwright_python.sync_playwright import Axe

    wanted = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    found = Axe().run(page, options=wanted).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("code", "theme"), [("en", "light"), ("fr", "dark")])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_the_browsers_language_fits_a_laptop_and_satisfies_axe(new_page, path, code, theme):
    page = settled(new_page(path, locale=LOCALES[code], color_scheme=theme))
    expect(page).to_have_title(f"{NAMES[code][path]} – userisation")
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator("#app")).to_contain_class(f"theme--{theme}")
    expect(link(page, NAMES[code][path])).to_have_attribute("aria-current", "page")
    fits(page)
    # No key of the catalogue, no placeholder and no number of Python has come through.
    text = page.locator("main").inner_text()
    assert not re.search(r"\{\w*\}|\bnan\b|\bNone\b|Traceback", text), text
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(new_page, path):
    page = settled(new_page(path, width=390, height=844, has_touch=True))
    fits(page)


def test_the_bar_leads_from_page_to_page_and_the_browser_back(page):
    settled(page)
    for path in [*list(PAGES)[1:], "/"]:
        link(page, NAMES["en"][path]).click()
        page.wait_for_function("path => location.pathname === path", arg=path)
        page.wait_for_function("title => document.title.startsWith(title)", arg=NAMES["en"][path])
    page.go_back()
    page.wait_for_function("title => document.title.startsWith(title)", arg=NAMES["en"]["/method"])


def test_language_and_theme_are_remembered(page):
    settled(page)
    page.get_by_role("radio", name="English").press("ArrowRight")  # as in any group of radio buttons
    page.wait_for_function("document.documentElement.lang === 'fr'")
    page.wait_for_function("title => document.title.startsWith(title)", arg=NAMES["fr"]["/"])
    page.evaluate("document.title = 'lab'")  # as Solara names it, sooner or later than we do
    page.wait_for_function("title => document.title.startsWith(title)", arg=NAMES["fr"]["/"])
    page.get_by_role("button", name=CATALOGUE.texts("fr")["frame.theme"]).click()
    page.wait_for_selector("#app.theme--dark")
    page.reload()
    page.wait_for_selector("#app.theme--dark .u-root")
    page.wait_for_function("document.documentElement.lang === 'fr'")


def test_an_address_that_is_no_page_leads_to_the_first(new_page):
    page = settled(new_page("/nowhere/at/all"))
    page.wait_for_function("location.pathname === '/'")
    expect(link(page, NAMES["en"]["/"])).to_have_attribute("aria-current", "page")


def test_the_keyboard_reaches_the_page_first(page):
    settled(page)
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.className === 'u-skip'")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.wait_for_function("document.querySelector('main').contains(document.activeElement)")
