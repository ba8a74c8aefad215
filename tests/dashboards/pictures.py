"""Take pictures of every page: `python3 -m tests.dashboards.pictures FOLDER [--docs] [--tutorial [--results DIR]]`.

To be looked at. Each page on a laptop in English, light; in French, dark; and on a phone. With `--docs`, those that
stand in the documentation are renewed too. With `--tutorial` those of the tutorial are taken instead, in the folder and
in the documentation; a folder of results that has the tutorial's search for advice saves some minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from dashboards.app.frame import PAGES
from tests.dashboards.conftest import FLAGS, PATIENCE, ROOT, serve, stop
from tests.dashboards.tutorial import small, taken

SHOWS: dict[str, dict[str, Any]] = {
    "laptop": {"locale": "en-GB", "viewport": {"width": 1440, "height": 900}},
    "dark": {"locale": "fr-FR", "viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"locale": "en-GB", "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
}

IN_THE_DOCS = {
    ("lab", "laptop"): "lab",
    ("lab", "dark"): "lab_dark",
    ("market", "laptop"): "market",
    ("claims", "laptop"): "claims",
}

MOVED = {"lab": "?scenario=baseline&set=firm.Nova.levers.openness%3D0.6"}
"""What is set on a page that would otherwise show a market in which nothing was moved."""


def main() -> None:
    """Take them all."""
    import shutil

    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--tutorial", action="store_true")
    parser.add_argument("--results", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    served = serve(asked.results or Path(tempfile.mkdtemp()))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            if asked.tutorial:
                for file in taken(browser, served.url, served.results, asked.folder):
                    shutil.copy(file, ROOT / "docs" / "images" / file.name)
                    print(file)
                return
            for show, options in SHOWS.items():
                for path, key in PAGES.items():
                    context = browser.new_context(**options)
                    page = context.new_page()
                    page.set_default_timeout(PATIENCE)
                    page.goto(served.url + path.lstrip("/") + MOVED.get(key, ""))
                    page.wait_for_selector("main h1")
                    page.wait_for_function("!document.querySelector('[aria-busy=true], .l-waiting')")
                    page.wait_for_timeout(1500)
                    file = asked.folder / f"{key}_{show}.png"
                    page.screenshot(path=file)
                    page.screenshot(path=asked.folder / f"{key}_{show}_whole.png", full_page=True)
                    if asked.docs and (key, show) in IN_THE_DOCS:
                        shown = ROOT / "docs" / "images" / f"dashboard_{IN_THE_DOCS[key, show]}.png"
                        shown.write_bytes(small(file.read_bytes(), 200))
                    print(file)
                    context.close()
    finally:
        stop(served)


if __name__ == "__main__":
    main()
