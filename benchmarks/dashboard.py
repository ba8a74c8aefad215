"""Measure the dashboard in a browser: `python3 -m benchmarks.dashboard [--times N]`.

From letting a lever go to the last chart drawn, by keyboard (nothing was worked out before) and by a hand that drags
and rests for a moment before it lets go; and how long the first page takes, cold and warm. Needs Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from tests.dashboards.conftest import FLAGS, PATIENCE, serve, stop

__all__ = ["main"]

ALL_DRAWN = """() => {
  const plots = Object.values(window.__plots || {});
  const busy = document.querySelector('[aria-busy=true]');
  return !busy && plots.length > 0 && Math.max(...plots.map((one) => one.at)) > window.__released;
}"""
"""Nothing is being worked out any more, and something was drawn after the lever was let go."""

LAST = """() => {
  const main = Object.entries(window.__plots).filter(([name]) => name !== 'tornado');
  return Math.max(...main.map(([, one]) => one.at)) - window.__released;
}"""
"""Milliseconds to the last chart of the market's futures; what moves most is worked out after them."""

_ROUND = 300
"""Milliseconds after which a page has surely heard that something is being worked out."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=15)
    times = parser.parse_args().times
    from playwright.sync_api import sync_playwright

    served = serve(Path(tempfile.mkdtemp()))
    rows: list[tuple[str, list[float]]] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            rows.append(("first page, first visit, ms", [_opened(page, served.url)]))
            rows.append(("first page, warm, ms", [_opened(page, served.url) for _ in range(5)]))
            rows.append(("lever moved by a key to last chart, ms", [_by_key(page) for _ in range(times)]))
            for rest in (0, 150, 400):
                label = f"lever dragged, at rest for {rest} ms before it is let go, to last chart, ms"
                rows.append((label, [_by_hand(page, turn, rest) for turn in range(times)]))
    finally:
        stop(served)
    print(machine())
    print("\n| what | least | median | most |\n| --- | --- | --- | --- |")
    for what, found in rows:
        print(f"| {what} | {min(found):.0f} | **{statistics.median(found):.0f}** | {max(found):.0f} |")


def _opened(page: Any, url: str) -> float:
    begun = time.perf_counter()
    page.goto(url)
    page.wait_for_function("window.__drawn > 0")
    taken = (time.perf_counter() - begun) * 1000
    page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    return taken


def _by_key(page: Any) -> float:
    lever = page.locator("input[type=range]").first
    lever.focus()
    page.evaluate("window.__released = performance.now()")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(ALL_DRAWN)
    return float(page.evaluate(LAST))


def _by_hand(page: Any, turn: int, rest: int) -> float:
    box = page.locator("input[type=range]").first.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, y)
    page.mouse.down()
    goal = 0.3 + 0.4 * (turn % 5) / 5 + 0.01 * turn
    for step in range(12):
        page.mouse.move(box["x"] + box["width"] * (0.5 + (goal - 0.5) * step / 11), y)
        page.wait_for_timeout(25)
    page.wait_for_timeout(rest)
    page.mouse.up()
    page.wait_for_timeout(_ROUND)  # what the last move asked for may be drawn before the lever is let go
    page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    return max(0.0, float(page.evaluate(LAST)))


if __name__ == "__main__":
    main()
