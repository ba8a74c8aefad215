"""Take the pictures of the tutorial, in both languages, by doing what it says: see `pictures`."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.dashboards.conftest import PATIENCE, ROOT

LOCALES = {"en": "en-GB", "fr": "fr-FR"}
COLOURS = 96
LARGEST = 150_000
"""Bytes that a picture may have."""
ADVICE = "robust_opening-advise"
SEARCH = (
    "--objective", "total_profit:Nova:end", "--objective", "share:Nova:end", "--runs", "3000", "--consumers", "1000",
)  # fmt: skip
"""What the dashboard asks when one chooses what the tutorial says."""
STILL = "() => !document.querySelector('[aria-busy=true]')"
DRAWN = "name => ((window.__plots || {})[name] || {}).count >= 1"


def taken(browser: Any, address: str, results: Path, folder: Path) -> list[Path]:
    """Take all pictures of the tutorial; the search for advice is run if the folder of results does not have it."""
    if not (results / ADVICE / "findings.json").exists():
        command = [sys.executable, "-m", "experiments", "advise", "robust_opening", *SEARCH]
        subprocess.run([*command, "--out", str(results / ADVICE)], cwd=ROOT, check=True)
    files = []
    for code, locale in LOCALES.items():
        for name, (width, height, show) in SHOWS.items():
            context = browser.new_context(locale=locale, viewport={"width": width, "height": height})
            page = context.new_page()
            page.set_default_timeout(5 * PATIENCE)
            file = folder / f"tutorial_{name}_{code}.png"
            file.write_bytes(small(show(page, address)))
            assert file.stat().st_size <= LARGEST, f"{file} is too large"
            files.append(file)
            context.close()
    return files


def small(picture: bytes, colours: int = COLOURS) -> bytes:
    """Give a picture with few colours: most screens have no more."""
    from PIL import Image

    made = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as full:
        few = full.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
        few.save(made, "PNG", optimize=True)
    return made.getvalue()


def _still(page: Any) -> None:
    page.wait_for_function(STILL)
    page.wait_for_timeout(800)
    page.wait_for_function(STILL)


def _drag(page: Any, address: str) -> bytes:
    page.goto(address)
    page.wait_for_function("window.__plots && window.__plots.share")
    _still(page)
    lever = page.get_by_role("slider", name=re.compile("^(Openness|Ouverture)$")).first
    lever.evaluate(
        "lever => { lever.value = 0.6; for (const name of ['input', 'change'])"
        " lever.dispatchEvent(new Event(name, { bubbles: true })) }"
    )
    page.wait_for_function("location.search.includes('openness%3D0.6')")
    _still(page)
    page.wait_for_function("!document.querySelector('.l-waiting')")
    page.wait_for_timeout(800)
    return _bytes(page.screenshot(full_page=True))


def _why(page: Any, address: str) -> bytes:
    page.goto(f"{address}compare?a=library:baseline&b=library:sincere_opening&c=library:hypocrite")
    page.wait_for_selector(".c-headline")
    page.locator(".c-answer select").first.select_option("total_profit")
    page.wait_for_function("/^(Profit so far|Résultat cumulé)/.test(document.querySelector('.c-headline').innerText)")
    _still(page)
    page.locator(".c-why").get_by_role("button", name=re.compile("^(Find out why|Chercher pourquoi)$")).click()
    page.wait_for_function(DRAWN, arg="compare-why")
    _still(page)
    card = page.locator(".c-why")
    return _cut(page, card, card.locator(".js-plotly-plot").first)


def _branch(page: Any, address: str) -> bytes:
    page.goto(f"{address}market")
    page.wait_for_selector(".mk-choose select")
    page.locator(".mk-choose select").first.select_option("sincere_opening")
    page.wait_for_function("document.querySelector('.mk-head').innerText.match(/means it|et le pense/)")
    page.wait_for_selector(".mk-inject")
    _still(page)
    page.wait_for_timeout(1500)
    page.evaluate("window.__market.goTo(49)")
    card = page.locator(".mk-inject")
    card.get_by_role("button", name=re.compile("50$")).wait_for()
    card.locator("select").nth(1).select_option("Citadel")
    _still(page)
    card.get_by_role("button", name=re.compile("50$")).click()
    verdict = page.locator("[data-market=verdict]")
    verdict.wait_for()
    assert "Citadel" in verdict.inner_text()
    page.wait_for_function(DRAWN, arg="market-difference")
    _still(page)
    card = page.locator(".u-card", has=verdict).first
    return _cut(page, card, card)


def _regret(page: Any, address: str) -> bytes:
    page.goto(f"{address}experiments?open={ADVICE}")
    title = page.get_by_role("heading", name=re.compile("^Reg.*(in each world|dans chaque monde)$"))
    title.wait_for()
    _still(page)
    page.wait_for_timeout(1500)
    card = page.locator(".u-card", has=title).first
    return _cut(page, card, card)


def _cut(page: Any, first: Any, last: Any) -> bytes:
    """Take a part of the page, from the top of one thing to the bottom of another within it."""
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(300)
    top, bottom = first.bounding_box(), last.bounding_box()
    height = bottom["y"] + bottom["height"] - top["y"]
    return _bytes(page.screenshot(full_page=True, clip={**top, "height": height}))


def _bytes(picture: Any) -> bytes:
    assert isinstance(picture, bytes)
    return picture


SHOWS: dict[str, tuple[int, int, Callable[[Any, str], bytes]]] = {
    "drag": (1440, 1280, _drag),
    "why": (1100, 900, _why),
    "branch": (1100, 900, _branch),
    "regret": (1100, 900, _regret),
}
