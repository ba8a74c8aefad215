"""A dashboard in a process of its own, and a browser that asks it for pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.server import settings

# Solara reads them when it is first imported, in whichever test that is.
if "solara.server.settings" not in sys.modules:
    settings.apply()

ROOT = Path(__file__).resolve().parents[2]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 120_000
"""Milliseconds that a page may take on a machine that does other things too, or compiles first."""


class Served:
    """A dashboard that runs: its address, its results, its process."""

    def __init__(self, url: str, results: Path, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.results = results
        self.process = process


def serve(results: Path, *options: str) -> Served:
    """Start a dashboard on a free port, in English, and wait until it says where it is."""
    command = [sys.executable, "-m", "experiments", "dashboard", "--port", "0", "--results", str(results), *options]
    environment = {**os.environ, "USERISATION_ENV": "mine", "USERISATION_LANG": "en"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if "http://" in line:
            address = next(word for word in line.split() if word.startswith("http://"))
            return Served(address, results, process)
    raise AssertionError(f"the dashboard did not start: {said}")


def stop(served: Served) -> None:
    """Stop it as a user does who ends the terminal."""
    served.process.terminate()
    try:
        served.process.wait(20)
    finally:
        served.process.kill()
        if served.process.stderr is not None:
            served.process.stderr.close()


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give one dashboard to all tests of a worker."""
    served = serve(tmp_path_factory.mktemp("results"))
    yield served
    stop(served)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Give Debian's own browser; without one the tests are skipped, and say so."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on the search path")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """What a page did that it should not: asked other machines, failed, or complained."""

    def __init__(self, page: Any, host: str) -> None:
        self.strangers: list[str] = []
        self.errors: list[str] = []

        def asked(request: Any) -> None:
            if request.url.startswith(("http", "ws")) and request.url.split("/")[2] != host:
                self.strangers.append(request.url)

        page.on("request", asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, said: Any) -> None:
        # Browsers have warnings of their own; those of Vue are about our pages.
        if said.type == "error" or (said.type == "warning" and "Vue" in said.text):
            self.errors.append(said.text)


@pytest.fixture
def new_page(dashboard: Served, chromium: Any) -> Iterator[Any]:
    """Give a function that opens a page, each as another visitor: ``new_page(path, locale=, width=, height=)``.

    At the end of the test no page has asked another machine for anything, and none has failed.
    """
    opened: list[tuple[Any, Watched]] = []

    def open_page(path: str = "", *, locale: str = "en-GB", width: int = 1440, height: int = 900, **more: Any) -> Any:
        context = chromium.new_context(locale=locale, viewport={"width": width, "height": height}, **more)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        opened.append((context, Watched(page, dashboard.url.split("/")[2])))
        page.goto(dashboard.url + path.lstrip("/"), timeout=PATIENCE)
        page.wait_for_selector(".u-root")
        return page

    yield open_page
    for context, _ in opened:
        context.close()
    assert [watched.strangers for _, watched in opened if watched.strangers] == []
    assert [watched.errors for _, watched in opened if watched.errors] == []


@pytest.fixture
def page(new_page: Any) -> Any:
    """Give the first page, in English, on a laptop."""
    return new_page()


def wait_until(condition: Any, seconds: float = 60) -> None:
    """Wait for something outside the browser."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
