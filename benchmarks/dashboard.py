"""Measure the dashboard in a browser: `python3 -m benchmarks.dashboard [--times N] [--scenario NAME]`.

From letting a lever go to the last chart drawn: by a key pressed out of the blue, by one pressed again (the next place
the same way was worked out in the meantime), by one pressed two seconds after Tab has reached the lever (both places
beside it were), and by a hand that drags and rests for a moment before it lets go. Every lever goes to a place where it
has never been, so that nothing comes from memory unless it was worked out ahead. And how long the
first page takes, at the first visit and later. Needs Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from tests.dashboards.conftest import FLAGS, PATIENCE, serve, stop

__all__ = ["main"]

ALL_DRAWN = """() => {
  const plots = Object.values(window.__plots || {});
  const busy = document.querySelector('[aria-busy=true], .l-waiting');
  return !busy && plots.length > 0 && Math.max(...plots.map((one) => one.at)) > window.__released;
}"""
"""Nothing is being worked out any more, and something was drawn after the lever was let go."""

AT_REST = "!document.querySelector('[aria-busy=true], .l-waiting')"

LAST = """() => {
  const main = Object.entries(window.__plots).filter(([name]) => name !== 'tornado');
  return Math.max(...main.map(([, one]) => one.at)) - window.__released;
}"""
"""Milliseconds to the last chart of the market's futures; what moves most is worked out after them."""

_ROUND = 300
"""Milliseconds after which a page has surely heard that something is being worked out."""
_RESTS = (0, 100, 200)
_READ = 2000
"""Milliseconds in which somebody reads what a lever is before moving it."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--times", type=int, default=9, help="how often each is measured")
    parser.add_argument("--scenario", default="baseline", help="of the library")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    served = serve(Path(tempfile.mkdtemp()))
    rows: list[tuple[str, list[float]]] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            url = f"{served.url}?scenario={asked.scenario}"
            rows.append(("first page, first visit, ms", [_opened(page, url)]))
            rows.append(("first page, later, ms", [_opened(page, url) for _ in range(5)]))
            page.wait_for_function(AT_REST)
            places = _places(page)
            keys = [_by_key(page, next(places)) for _ in range(asked.times)]
            rows.append(("lever moved by a key, ms", [first for first, _ in keys]))
            rows.append(("by the same key again, ms", [again for _, again in keys]))
            reached = [_by_key(page, next(places), _READ)[0] for _ in range(asked.times)]
            rows.append((f"by a key, {_READ // 1000} s after Tab has reached the lever, ms", reached))
            for rest in _RESTS:
                label = f"lever dragged, at rest for {rest} ms before it is let go, ms"
                rows.append((label, [_by_hand(page, next(places), rest) for _ in range(asked.times)]))
    finally:
        stop(served)
    print(machine())
    print("\n| to the last chart drawn | least | median | most |\n| --- | --- | --- | --- |")
    for what, found in rows:
        print(f"| {what} | {min(found):.0f} | **{statistics.median(found):.0f}** | {max(found):.0f} |")


def _opened(page: Any, url: str) -> float:
    begun = time.perf_counter()
    page.goto(url)
    page.wait_for_function("window.__drawn > 0")
    taken = (time.perf_counter() - begun) * 1000
    page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    return taken


def _places(page: Any) -> Iterator[tuple[Any, float]]:
    """Yield levers, and places on them (0 to 1) that are new, each some steps from all others."""
    levers = page.locator(".l-side input[type=range]")
    for number in range(levers.count()):
        lever = levers.nth(number)
        if lever.evaluate("one => (one.max - one.min) / one.step") >= 90 and lever.is_enabled():
            for place in range(11):
                yield lever, 0.15 + 0.065 * place


def _by_key(page: Any, goal: tuple[Any, float], reached: int = 0) -> tuple[float, float]:
    """Press a key twice, the second time when everything is at rest; maybe so long after Tab has reached the lever."""
    _go_to(page, goal)
    if reached:
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        page.wait_for_timeout(reached)
    found = []
    for _ in range(2):
        page.evaluate("window.__released = performance.now()")
        page.keyboard.press("ArrowRight")
        page.wait_for_function(ALL_DRAWN)
        found.append(float(page.evaluate(LAST)))
    return found[0], found[1]


def _go_to(page: Any, goal: tuple[Any, float]) -> None:
    """Put a lever at a place, two steps beside those that are measured."""
    lever, place = goal
    lever.scroll_into_view_if_needed()
    lever.focus()
    lever.evaluate(
        """(one, place) => {
          const [low, high, step] = [Number(one.min), Number(one.max), Number(one.step)];
          one.value = low + Math.round((high - low) * place / step) * step;
          one.dispatchEvent(new Event('input'));
          one.dispatchEvent(new Event('change'));
        }""",
        place,
    )
    page.wait_for_timeout(_ROUND)
    page.wait_for_function(AT_REST)


def _by_hand(page: Any, goal: tuple[Any, float], rest: int) -> float:
    """Drag a lever in a third of a second, rest, let it go."""
    lever, place = goal
    lever.scroll_into_view_if_needed()
    box = lever.bounding_box()
    y = box["y"] + box["height"] / 2
    now = lever.evaluate("one => (one.value - one.min) / (one.max - one.min)")
    page.mouse.move(box["x"] + box["width"] * now, y)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + box["width"] * (now + (place - now) * (step + 1) / 12), y)
        page.wait_for_timeout(25)
    page.wait_for_timeout(rest)
    page.mouse.up()
    page.wait_for_timeout(_ROUND)  # what the last move asked for may be drawn before the lever is let go
    page.wait_for_function(AT_REST)
    return max(0.0, float(page.evaluate(LAST)))


if __name__ == "__main__":
    main()
