"""``userisation scenarios``: the library."""

from __future__ import annotations

import re

from experiments.commands.session import AsJson, Lang, clean, print_json, results_console
from experiments.naming import both_or_one
from experiments.text import say
from sim.text import language

__all__ = ["first_sentence", "scenarios"]


def scenarios(as_json: AsJson = False, lang: Lang = None) -> None:
    """List every scenario of the library with its title and the first sentence of its story."""
    from sim.scenario import library, load

    found = [load(name) for name in library()]
    if as_json:
        print_json(
            [
                {
                    "name": scenario.name,
                    "title": {"en": scenario.title.en, "fr": scenario.title.fr},
                    "story": {"en": scenario.story.en, "fr": scenario.story.fr},
                    "source": scenario.source,
                    "horizon": scenario.horizon,
                    "firms": [firm.name for firm in scenario.firms],
                }
                for scenario in found
            ]
        )
        return
    from rich.padding import Padding
    from rich.text import Text

    console, code = results_console(), language()
    for scenario in found:
        title = clean(getattr(both_or_one(scenario.title), code))
        console.print(Text.assemble((scenario.name, "bold cyan"), "  ", (title, "bold")))
        story = " ".join(clean(getattr(both_or_one(scenario.story), code)).split())
        console.print(Padding(Text(first_sentence(story)), (0, 0, 0, 2)))
    console.print(Text(f"\n{say('scenarios.hint')}", style="dim"))


def first_sentence(story: str) -> str:
    """Give a text up to the end of its first sentence."""
    found = re.match(r".+?[.!?…](?=\s+[^\Wa-z\d_]|\s*$)", story, re.DOTALL)
    return found[0] if found else story
