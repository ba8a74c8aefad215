"""Which number is compared."""

import pytest

from dashboards.compare.asking import (
    COMMON,
    asked_for,
    figure_options,
    first_figure,
    item_options,
    items_in_all,
    natural_when,
)
from dashboards.compare.sides import Setup, library_side
from experiments.answers.asked import name_of
from sim.figures import FIGURES
from sim.scenario import load
from sim.text import use_language


def test_only_figures_and_firms_that_all_have_can_be_asked_for():
    drinks, clothes = load("baseline"), load("wardrobe_swap")
    alone = [key for key, _ in figure_options([drinks])]
    assert set(alone) == {key for key in FIGURES if items_in_all([drinks], key)}
    assert alone[: len(COMMON)] == list(COMMON)
    assert len(alone) == len(set(alone))
    both = [key for key, _ in figure_options([drinks, clothes])]
    assert "share" not in both  # no firm is in both
    assert "userisation" in both
    assert item_options([drinks], "share")[0] == ("Nova", "Nova")
    assert item_options([drinks], "userisation") == []


def test_what_is_not_there_gives_way():
    markets = [load("baseline"), load("sincere_opening")]
    asked = asked_for(markets, "share", "Nobody", "end", 1)
    assert (asked.key, asked.of, asked.over) == ("share", "Nova", "end")
    assert asked_for(markets, "no_such_figure", "", "peak", 1).key == "share"
    assert asked_for([load("baseline"), load("wardrobe_swap")], "share", "Nova", "end", 1).key == "userisation"


@pytest.mark.parametrize(("week", "held"), [(1, 1), (30, 30), (0, 1), (-5, 1), (10_000, 104)])
def test_a_week_is_held_to_those_there_are(week, held):
    asked = asked_for([load("baseline")], "share", "Nova", "week", week)
    assert asked.weeks == (held, held)
    with use_language("en"):
        assert name_of(asked) == f"Market share, Nova, week {held}"


def test_first_comes_the_share_of_the_firm_that_changes_most():
    setup = Setup((library_side("baseline"), library_side("sweatshop_scandal")))
    asked = first_figure(setup.scenarios)
    assert (asked.key, asked.of, asked.over) == ("share", "Citadel", "end")


def test_flows_are_averaged_and_crises_peak():
    assert [natural_when(key) for key in ("share", "profit", "militants")] == ["end", "mean", "peak"]
