"""Several people at one dashboard."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.dashboards.conftest import wait_until

pytestmark = pytest.mark.browser


def memory_of(pid: int) -> float:
    """Megabytes that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError(pid)


def levers(page):
    return page.locator("input[type=range]")


def test_ten_sessions_stay_independent_and_one_answers_while_nine_work(new_page):
    pages = [new_page() for _ in range(10)]
    for page in pages:
        page.wait_for_function("window.__drawn > 0")
    for number, page in enumerate(pages):
        for _ in range(number):
            levers(page).first.press("ArrowRight")
    page = pages[0]  # whose lever was left alone, and whose nine fellows have futures worked out now
    before = page.evaluate("performance.now()")
    page.get_by_role("link", name="Method", exact=True).first.click()
    page.wait_for_function("location.pathname === '/method' && document.querySelector('main h1')")
    assert page.evaluate("performance.now()") - before < 3000
    page.get_by_role("link", name="Lab", exact=True).first.click()
    page.wait_for_function("location.pathname === '/' && document.querySelector('input[type=range]')")
    shown = []
    for page in pages:
        page.wait_for_function("!document.querySelector('[aria-busy=true]')")
        shown.append(float(levers(page).first.input_value()))
    assert len(set(shown)) == 10
    assert sorted(shown) == shown


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_a_closed_page_frees_its_memory(dashboard, new_page):
    def come_and_go() -> None:
        pages = [new_page() for _ in range(3)]
        for page in pages:
            page.wait_for_function("window.__drawn > 0")
        for page in pages:
            page.context.close()

    come_and_go()
    first = memory_of(dashboard.process.pid)
    for _ in range(2):
        come_and_go()
    # Six pages later: what each left behind would show. Solara closes a session a moment after its page.
    wait_until(lambda: memory_of(dashboard.process.pid) < first + 30, seconds=90)


def test_an_address_that_nobody_would_type_harms_nobody(page):
    page.wait_for_function("window.__drawn > 0")
    own = page.url.partition("?")[0]
    many = "&".join(f"k{n}=v" for n in range(500))
    for words in ("set.firm=%00&x=" + "9" * 500, many, "s=" + json.dumps({"a": "<script>"})):
        page.goto(f"{own}?{words}")
        page.wait_for_function("window.__drawn > 0")
        expect(page.locator("body")).not_to_contain_text("Traceback")
