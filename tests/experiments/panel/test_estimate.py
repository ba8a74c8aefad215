from dataclasses import fields, replace

import numpy as np
import pytest

from experiments.numbers import decimal
from experiments.panel.check import suspicious
from experiments.panel.describe import describe
from experiments.panel.estimate import Interval, estimate
from experiments.panel.problems import Place, Problem
from experiments.panel.write import scenario_data, scenario_text
from experiments.text import CATALOGUE, say
from sim.scenario import load
from tests.experiments.panel.synthetic import Truth, mapped, simulated


@pytest.fixture(scope="module")
def panel():
    return simulated(households=120, mean_size=8, seed=5)


@pytest.fixture(scope="module")
def estimates(panel):
    return estimate(panel, draws=32, bootstrap=40)


def test_every_interval_holds_its_estimate(estimates):
    found = 0
    for field in fields(estimates):
        value = getattr(estimates, field.name)
        items = value if isinstance(value, tuple) else (value,)
        flat = [part for item in items for part in (item if isinstance(item, tuple) else (item,))]
        for interval in flat:
            if isinstance(interval, Interval):
                found += 1
                assert interval.low <= interval.value <= interval.high, field.name
    assert found > 25


def test_shares_are_those_of_the_panel(estimates, panel):
    assert [part.value for part in estimates.share] == pytest.approx(np.bincount(panel.chosen) / panel.occasions)


def test_the_rate_is_per_week(panel, estimates):
    assert estimates.weeks_assumed
    assert estimates.purchase_rate.value == pytest.approx(estimates.purchases.mean / 52)
    half = estimate(panel, weeks=26, draws=16, bootstrap=2, compare=False)
    assert half.purchase_rate.value == pytest.approx(2 * estimates.purchase_rate.value)
    assert not half.weeks_assumed
    dated = estimate(replace(panel, time=3 * panel.time, time_unit="weeks"), draws=16, bootstrap=2, compare=False)
    assert dated.weeks == 3 * panel.time.max() + 1
    assert dated.usual_inertia is None


@pytest.mark.parametrize("weeks", [0, -1, float("nan"), float("inf")])
def test_weeks_must_make_sense(panel, weeks):
    with pytest.raises(ValueError, match="weeks"):
        estimate(panel, weeks=weeks)


def test_a_selected_panel_is_noticed(estimates, panel):
    smallest = int(panel.counts.sum(axis=1).min())
    assert smallest == 2
    assert estimates.purchases.counted_from == 2
    assert any("fewer than 2 times" in text for text in estimates.assumptions)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_description_says_what_was_found(estimates, monkeypatch, language):
    monkeypatch.setenv("USERISATION_LANG", language)
    text = describe(estimates)
    for brand in estimates.brands:
        assert f"\n{brand} " in text
    assert {"en": "Dirichlet S", "fr": "S de Dirichlet"}[language] in text
    assert f"{decimal(estimates.taste_spread.value, 2)} [" in text
    assert "nan" not in text


def test_the_scenario_can_be_loaded_and_holds_the_estimates(estimates, tmp_path):
    path = tmp_path / "made.toml"
    path.write_text(scenario_text(estimates), encoding="utf-8")
    scenario = load(path)
    assert [firm.name for firm in scenario.firms] == list(estimates.brands)
    reference = scenario.sectors[0].reference_price
    assert scenario.population.traits.price_sensitivity.model_dump() == {
        "distribution": "normal",
        "mean": pytest.approx(reference * estimates.price_mean.value, rel=1e-3),
        "sd": pytest.approx(reference * estimates.price_sd.value, rel=1e-3),
    }
    assert scenario.population.traits.inertia.model_dump() == {
        "distribution": "normal",
        "mean": pytest.approx(estimates.inertia_mean.value, rel=1e-3),
        "sd": pytest.approx(estimates.inertia_sd.value, rel=1e-3),
    }
    assert scenario.sectors[0].purchase_rate.model_dump() == {
        "distribution": "gamma",
        "mean": pytest.approx(estimates.purchase_rate.value, rel=1e-3),
        "shape": pytest.approx(estimates.purchase_shape.value, rel=1e-3),
    }
    assert scenario.mechanisms.purchase.taste_spread == pytest.approx(estimates.taste_spread.value, rel=1e-3)
    for firm, spread in zip(scenario.firms, estimates.taste_spreads, strict=True):
        own = firm.taste_spread * scenario.mechanisms.purchase.taste_spread
        assert own == pytest.approx(spread.value, rel=2e-3)
        assert firm.place == [0.0, 0.0]
    for firm, process in zip(scenario.firms, estimates.prices, strict=True):
        assert firm.levers.price == pytest.approx(process.mean, rel=1e-3)
        assert firm.levers.feature == pytest.approx(process.feature, rel=1e-3)


@pytest.fixture(scope="module")
def estimates_with_map():
    return estimate(simulated(mapped(), households=150, mean_size=12, seed=2, brands=8), draws=16, bootstrap=10)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
def test_spreads_and_places_of_the_brands_are_shown(estimates_with_map, estimates, monkeypatch, language):
    monkeypatch.setenv("USERISATION_LANG", language)
    text, without = describe(estimates_with_map), describe(estimates)
    first, second, spread = {
        "en": ("Map 1", "Map 2", "Spread of taste"),
        "fr": ("Carte 1", "Carte 2", "Dispersion du goût"),
    }[language]
    assert all(word in text for word in (first, second, spread))
    assert spread in without
    assert first not in without
    for brand, places in zip(estimates_with_map.brands, estimates_with_map.places, strict=True):
        [row] = [line for line in text.splitlines() if line.startswith(f"{brand} ") and "%" not in line]
        for shown in (estimates_with_map.taste_spreads[estimates_with_map.brands.index(brand)], *places):
            assert f"{decimal(shown.value, 2)} [{decimal(shown.low, 2)}" in row
    for place in (place for places in estimates_with_map.places for place in places):
        assert place.low < place.value < place.high


@pytest.mark.slow
def test_what_was_decided_about_the_map_is_said(estimates_with_map, estimates):
    assert any("two dimensions go together (AIC" in text for text in estimates_with_map.assumptions)
    assert any("with 4 brands it cannot be told" in text for text in estimates.assumptions)
    plain = Truth(appeal=np.zeros(5), taste_spreads=np.ones(5), places=np.zeros((5, 0)))
    small = estimate(simulated(plain, households=60, brands=5), draws=16, bootstrap=2, compare=False)
    assert any("too small for it (AIC" in text for text in small.assumptions)


@pytest.mark.slow
def test_places_reach_the_scenario(estimates_with_map, tmp_path):
    path = tmp_path / "made.toml"
    path.write_text(scenario_text(estimates_with_map), encoding="utf-8")
    for firm, places in zip(load(path).firms, estimates_with_map.places, strict=True):
        assert firm.place == pytest.approx([place.value for place in places], rel=1e-3)
    flat = replace(estimates_with_map, places=tuple(places[:1] for places in estimates_with_map.places))
    for firm in scenario_data(flat)["firm"]:
        assert firm["place"][1] == 0.0


@pytest.mark.parametrize(
    ("habit", "warning"),
    [
        ("always the same brand", "one cause alone"),
        ("two brands in turn", "one cause alone"),
        ("the cheapest", "one cause alone"),
        ("the dearest", "hardly deter"),
        ("one brand but for three purchases", "hardly known"),
    ],
)
def test_purchases_that_can_be_foretold_still_give_a_scenario(tmp_path, habit, warning):
    panel = simulated(households=60, mean_size=6, seed=1)
    chosen = {
        "always the same brand": panel.household % 4,
        "two brands in turn": panel.time % 2,
        "the cheapest": panel.price.argmin(axis=1),
        "the dearest": panel.price.argmax(axis=1),
        "one brand but for three purchases": np.r_[1, 2, 3, np.zeros(panel.occasions - 3, dtype=int)],
    }[habit]
    panel = replace(panel, chosen=chosen)
    path = tmp_path / "made.toml"
    found = estimate(panel, draws=16, bootstrap=5, compare=False)
    path.write_text(scenario_text(found), encoding="utf-8")
    assert len(load(path).firms) == 4

    def tell(key, line=None, **values):
        return Problem(Place("made up"), "", say(key, **values))

    notes = [*found.warnings, *suspicious(tell, panel)]
    assert any(warning in str(note) for note in notes)


def test_odd_names_cannot_break_the_scenario(estimates, tmp_path):
    odd = replace(
        estimates, source='a"b\u2028]\u0085c.csv', brands=('He said "no"', "[x]", "a = 1", "Crème \\ 5"),
    )  # fmt: skip
    path = tmp_path / "odd.toml"
    path.write_text(scenario_text(odd), encoding="utf-8")
    assert [firm.name for firm in load(path).firms] == list(odd.brands)


def test_a_scenario_does_not_tell_where_the_panel_lay(estimates):
    note = Problem(Place("/somewhere/secret/panel.csv", 3), "", "a warning")
    text = scenario_text(replace(estimates, warnings=(note,)))
    assert "panel.csv:3: a warning" in text
    assert "secret" not in text


def test_the_sector_is_named_after_the_file(estimates):
    assert scenario_data(replace(estimates, source="my_panel-2.csv"))["sector"][0]["name"] == "my panel 2"
    assert scenario_data(replace(estimates, source="…"))["sector"][0]["name"] == "panel"
    assert scenario_data(estimates, sector="tea")["firm"][0]["sector"] == "tea"


def test_texts_exist_in_both_languages():
    import string

    english, french = CATALOGUE.texts("en"), CATALOGUE.texts("fr")
    keys = [key for key in english if key.startswith("panel.")]
    assert keys == [key for key in french if key.startswith("panel.")]
    for key in keys:
        parts = [{name for _, name, _, _ in string.Formatter().parse(text[key]) if name} for text in (english, french)]
        assert parts[0] == parts[1], key
