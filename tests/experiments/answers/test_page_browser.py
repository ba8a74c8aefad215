"""The page of an answer in a real browser: it draws, asks for nothing, changes language, fits a phone and paper."""

from __future__ import annotations

import shutil

import pytest

from experiments.answers.folder import write
from tests.experiments.answers.examples import EVERY

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
DRAWN = "html[data-drawn=yes]"


@pytest.mark.parametrize("kind", ["compare", "explain"])
def test_a_page_draws_by_itself(known_market, tmp_path, kind):
    write(EVERY[kind](tmp_path), tmp_path)
    address = (tmp_path / "report.html").as_uri()
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(viewport={"width": 390, "height": 900}, color_scheme="dark").new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.wait_for_selector(DRAWN, timeout=60_000)
        assert (said, asked) == ([], [address])
        shown = page.locator("main:visible")
        assert shown.count() == 1
        first = shown.get_attribute("lang")
        plots = shown.locator(".plot")
        assert plots.count() >= 3
        assert shown.locator(".plot .main-svg").count() >= plots.count()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        other = "fr" if first == "en" else "en"
        page.click(f"[data-language={other}]")
        page.wait_for_selector(DRAWN, timeout=60_000)
        shown = page.locator("main:visible")
        assert shown.get_attribute("lang") == other
        assert shown.locator("[data-full] pre").count() >= 2
        # A name that looks like a tag is shown as it is.
        name = "C <b>" if kind == "compare" else "B & C"
        assert name in shown.locator(".plot").first.inner_text() + shown.inner_text()
        # As a page for paper, charts take the whole width.
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.wait_for_timeout(300)
        assert page.evaluate("document.querySelectorAll('main[lang] details:not([open])').length") == 0
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert said == []
        browser.close()
