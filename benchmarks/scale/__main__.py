"""Measure errors and costs at many sizes: `python3 -m benchmarks.scale [--small] [--docs] [--save FILE] [--from FILE]`.

Runs a few scenarios of the library from a thousand to a million consumers, and `baseline` for a quarter of a year with
ten million; fits the laws of `userisation precision`; prints Markdown tables. It takes about ten minutes and three
gigabytes. `--small` uses tiny markets: a smoke test whose figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.pages import DOCS, renewed
from benchmarks.scale.measuring import FULL, SMALL, measure
from benchmarks.scale.telling import page, picture

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Measure, or read what was measured, and tell."""
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.scale", description=__doc__)
    parser.add_argument("--small", action="store_true", help="tiny markets: only to see that it runs")
    parser.add_argument("--docs", action="store_true", help="also renew docs/scale.md and its picture")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also keep all that was measured, as JSON")
    parser.add_argument("--from", dest="given", type=Path, metavar="FILE", help="tell what was kept; measure nothing")
    options = parser.parse_args(arguments)
    if options.given:
        found = json.loads(options.given.read_text(encoding="utf-8"))
    else:
        found = measure(SMALL if options.small else FULL, _say)
    if options.save:
        options.save.write_text(json.dumps(found), encoding="utf-8")
    text = page(found)
    print(text)
    if options.docs:
        path = DOCS / "scale.md"
        path.write_text(renewed(path.read_text(encoding="utf-8"), text, "scale"), encoding="utf-8")
        (DOCS / "images" / "scale.svg").write_text(picture(found), encoding="utf-8")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
