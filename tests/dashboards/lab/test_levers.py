"""Levers: one for everything, in families and groups, found by words, moved as a scenario wants it."""

import pytest

from dashboards.lab.happenings import made
from dashboards.lab.levers import (
    FAMILIES,
    common,
    group_title,
    groups,
    label_in,
    levers_of,
    moved,
    option_text,
    search,
    table_of,
)
from dashboards.lab.ranges import LOG_PLACES, Range, nice, on_grid, range_of
from dashboards.lab.text import CATALOGUE
from dashboards.markets import Draft, problems_of
from sim.levers import LEVERS
from sim.scenario import library
from sim.text import LANGUAGES, use_language


@pytest.mark.parametrize("name", library())
def test_every_setting_has_a_lever_with_a_name_a_place_and_a_range(name):
    draft = Draft.of(name)
    levers = levers_of(draft)
    assert list(levers) == list(draft.settings)
    grouped = [lever for of in groups(draft).values() for group in of.values() for lever in group]
    assert sorted(lever.key for lever in grouped) == sorted(levers)
    for code in LANGUAGES:
        with use_language(code):
            assert [lever.key for lever in levers.values() if not lever.label or not group_title(lever.group)] == []
    for lever in levers.values():
        assert lever.family in FAMILIES
        if lever.kind not in ("number", "integer"):
            continue
        value = draft.value(lever.key)
        assert lever.range is not None
        assert lever.range.low < lever.range.high, lever.key
        assert lever.range.step > 0
        if value is not None:
            assert lever.range.low <= value <= lever.range.high, lever.key


@pytest.mark.parametrize("name", library())
def test_a_dozen_levers_are_in_sight_all_of_them_can_be_moved(name):
    draft = Draft.of(name)
    shown = common(draft)
    assert 8 <= sum(map(len, shown.values())) <= 12
    for lever in (lever for group in shown.values() for lever in group):
        if lever.range is not None:
            value = draft.value(lever.key)
            for part in (-0.2, 0.2):
                assert problems_of(moved(draft, lever, lever.range.moved(value, part))) == ()
        else:
            assert [problems_of(moved(draft, lever, option)) for option in lever.setting.options[:2]] == [(), ()]


def test_your_firm_is_the_one_you_choose():
    draft = Draft.of("baseline")
    assert {lever.key.split(".")[1] for lever in common(draft)["you"]} == {"Nova"}
    other = Draft(draft.source, draft.base, {}, (), draft.happenings, "Agora")
    assert {lever.key.split(".")[1] for lever in common(other)["you"]} == {"Agora"}
    assert "firm:Nova" in groups(other)["rivals"]


def test_what_your_schedule_sets_is_in_sight_instead_of_the_start():
    keys = [lever.key for lever in common(Draft.of("sincere_opening"))["you"]]
    assert "schedule.0.openness" in keys
    assert "firm.Nova.levers.openness" not in keys
    assert "firm.Nova.levers.price" in keys
    draft = Draft.of("sincere_opening")
    with use_language("fr"):
        assert label_in(draft, levers_of(draft)["schedule.0.openness"]) == "Ouverture dès la semaine 13"


def test_every_lever_of_a_firm_has_a_topic():
    found = groups(Draft.of("baseline"))["you"]
    topics = {lever.setting.path[3] for name in ("offer", "opening", "community", "answers") for lever in found[name]}
    assert topics == set(LEVERS)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("price nova", "firm.Nova.levers.price"),
        ("CONFIANCE pairs", "population.traits.peer_trust.mean"),
        ("fidelite", "population.traits.inertia.mean"),
        ("Fidélité", "population.traits.inertia.mean"),
        ("gravite", "mechanisms.crisis.restoring"),
        ("militancy threshold", "population.traits.threshold.median"),
        ("mechanisms.leaks.enabled", "mechanisms.leaks.enabled"),
        ("θ", "population.traits.threshold.median"),
    ],
)
def test_words_of_both_languages_find_levers_with_or_without_accents(words, key):
    assert key in [lever.key for lever in search(Draft.of("baseline"), words)]


def test_a_change_you_have_planned_stands_beside_the_lever_it_changes():
    def shown(draft):
        return [lever.key for lever in common(draft)["you"] if lever.setting.path[-1] == "price"]

    draft = made(Draft.of("baseline"), "price_cut", 20)
    assert shown(draft) == ["firm.Nova.levers.price", "schedule.0.price"]
    assert shown(draft.switched(0, False)) == ["firm.Nova.levers.price"]


def test_a_search_for_nothing_or_for_nonsense_finds_nothing():
    assert search(Draft.of("baseline"), "  ") == []
    assert search(Draft.of("baseline"), "xyzzy " * 500) == []


def test_numbers_are_held_to_their_bounds_and_whole_ones_are_rounded():
    draft = Draft.of("baseline")
    levers = levers_of(draft)
    assert moved(draft, levers["firm.Nova.levers.openness"], 7).value("firm.Nova.levers.openness") == 1.0
    assert (
        moved(draft, levers["firm.Nova.levers.validation_layers"], 3.4).value("firm.Nova.levers.validation_layers") == 3
    )
    assert problems_of(moved(draft, levers["population.traits.peer_trust.mean"], 0.0)) == ()
    assert moved(draft, levers["firm.Nova.strategy"], "no such thing") == draft


@pytest.mark.parametrize("trait", ["price_sensitivity", "inertia", "peer_trust", "propensity", "half_life"])
def test_each_kind_of_distribution_can_be_taken_in_place_of_another(trait):
    draft = Draft.of("baseline")
    lever = levers_of(draft)[f"population.traits.{trait}.distribution"]
    for kind in lever.setting.options:
        changed = moved(draft, lever, kind)
        assert changed.scenario.population.traits.model_dump()[trait]["distribution"] == kind


def test_another_kind_of_distribution_keeps_the_centre():
    old = {"distribution": "beta", "mean": 0.4, "concentration": 6.0}
    assert table_of("normal", old)["mean"] == pytest.approx(0.4)
    assert table_of("lognormal", old)["median"] == pytest.approx(0.4)
    again = table_of("beta", table_of("normal", old))
    assert (again["mean"], again["concentration"]) == pytest.approx((0.4, 6.0), rel=1e-3)


def test_a_commons_can_be_switched_on_and_off():
    draft = Draft.of("baseline")
    lever = levers_of(draft)["sector.drinks.commons"]
    on = moved(draft, lever, True)
    assert on.scenario.sectors[0].commons is not None
    assert "sector.drinks.commons.quality" in levers_of(on)
    assert moved(on, levers_of(on)["sector.drinks.commons"], False).scenario == draft.scenario


def test_options_have_names_in_both_languages():
    draft = Draft.of("group_buying")
    for code, strategy in (("en", "Pyramid"), ("fr", "Pyramide")):
        with use_language(code):
            lever = next(lever for lever in levers_of(draft).values() if lever.key.endswith(".strategy"))
            assert option_text(lever, "pyramidal") == strategy
            for other in levers_of(draft).values():
                if other.kind in ("choice", "shape"):
                    assert all(option_text(other, option) for option in other.setting.options)


# --- ranges -----------------------------------------------------------------------------------------------


def test_ends_of_a_range_are_round():
    assert [nice(x) for x in (0.0, 0.013, 0.7, 1, 1.01, 24, 26, 60)] == [1.0, 0.02, 1, 1, 2, 25, 50, 100]


def test_a_value_lies_on_the_steps_of_its_range():
    found = on_grid(0.001, 0.999, 0.02, 0.35)
    assert (found.low, found.high) == (0.0, 1.0)
    assert (0.35 / found.step) == pytest.approx(round(0.35 / found.step))


def test_a_price_is_moved_around_what_is_usual():
    reach = levers_of(Draft.of("price_war"))["firm.Aubaine.levers.price"].range
    assert reach is not None
    assert 25 <= reach.low <= 40
    assert 150 <= reach.high <= 180


def test_what_spans_powers_of_ten_is_moved_by_ratios():
    reach = levers_of(Draft.of("baseline"))["population.traits.propensity.median"].range
    assert reach is not None
    assert reach.is_log
    assert reach.moved(0.0018, 0.2) / 0.0018 == pytest.approx(0.0018 / reach.moved(0.0018, -0.2))


def test_a_range_reaches_a_value_beyond_it():
    assert Range(0, 10, 0.1).including(14).high == 14
    assert Range(0, 10, 0.1).including(-2).low == -2


def test_moving_stops_at_the_ends():
    assert Range(0, 10, 0.1).moved(9.5, 0.2) == 10
    assert Range(0, 10, 0.1).moved(0.5, -0.2) == 0


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_unit_that_is_written_has_a_text(code):
    from sim.quantities import UNITS

    texts = CATALOGUE.texts(code)
    assert {key.removeprefix("unit.") for key in texts if key.startswith("unit.")} <= {*UNITS, "percent"}


def test_bounds_of_the_declaration_count():
    from sim.quantities import quantities
    from sim.scenario import FigureSettings

    window = quantities(FigureSettings)["window"]
    assert range_of(window, 13, whole=True) == Range(1, 50, 1)


def test_the_place_after_the_next_is_where_a_slider_goes():
    even = range_of(LEVERS["openness"], 0.3, whole=False)
    assert even.next_after(0.3, 0.31) == 0.32
    assert even.next_after(0.31, 0.3) == 0.29
    assert even.next_after(0.3, 0.33) is None
    assert even.next_after(0.3, 0.3) is None
    assert even.next_after(0.99, 1.0) is None
    ratios = range_of(LEVERS["research"], 200_000.0, whole=False)
    assert ratios.is_log
    assert (ratios.log_places, even.log_places) == (LOG_PLACES, 0)
    places = [float(f"{ratios.low * (ratios.high / ratios.low) ** (n / LOG_PLACES):.3g}") for n in (100, 101, 102)]
    assert ratios.next_after(*places[:2]) == places[2]
    assert ratios.next_after(*places[:0:-1]) == places[0]
    assert ratios.beside(places[1]) == [places[2], places[0]]
    assert even.beside(0.3) == [0.31, 0.29]
    assert even.beside(1.0) == [0.99]
    assert even.beside(0.0) == [0.01]
