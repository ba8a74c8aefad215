"""What commands print: lines that break where they may, and counts in the singular where it is one."""

from __future__ import annotations

import pytest
from rich.text import Text

from experiments.amounts import counted
from experiments.commands.session import clean, results_console
from sim.text import use_language


def printed(text: str, width: int) -> list[str]:
    console = results_console()
    console.width = width
    with console.capture() as taken:
        console.print(Text(clean(text)))
    return taken.get().splitlines()


@pytest.mark.parametrize("width", range(12, 40))
def test_no_line_breaks_between_a_number_and_its_percent_sign(width):
    with use_language("fr"):
        lines = printed("de tous ces points, 88 % y sont, et 12\u202f345 de ceux-là (81 % à 90\u202f%)", width)
    assert len(lines) > 1
    assert all(len(line.rstrip()) <= width for line in lines)
    for whole in ("88\u202f%", "81\u202f%", "90\u202f%)", "12\u202f345"):
        assert sum(whole in line for line in lines) == 1


def test_counts_are_in_the_singular_where_it_is_one():
    with use_language("en"):
        assert [counted("future", number) for number in (0, 1, 2)] == ["0 futures", "1 future", "2 futures"]
    with use_language("fr"):
        said = [counted("future", number) for number in (0, 1, 2, 1234)]
    assert said == ["0 futur", "1 futur", "2 futurs", "1\u202f234 futurs"]
