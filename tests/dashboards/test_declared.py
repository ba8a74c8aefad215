"""What can be set is read from the declarations: nothing is forgotten."""

import pytest

from dashboards.declared import settings_of, value_at
from experiments.scenario_data import _flat
from sim.scenario import changed, library, load

NOT_LEVERS = {"name", "title", "story", "source", "schema_version", "kind"}
"""Names and stories; and the kind of an event: another kind is another event."""


def keys_of_a_file(scenario):
    """Every key of a merged scenario that `--set` takes, but for names and stories; a place is two numbers."""
    for key, value in _flat(scenario.as_file()).items():
        if value == []:
            continue
        if key.endswith(".place"):
            yield from (f"{key}.0", f"{key}.1")
        elif key.rpartition(".")[2] not in NOT_LEVERS or key in ("network.kind",) or ".sharing.kind" in key:
            yield key


@pytest.mark.parametrize("name", library())
def test_every_key_of_a_scenario_is_a_setting(name):
    scenario = load(name)
    data = scenario.as_file()
    settings = {setting.key: setting for setting in settings_of(data)}
    assert [key for key in keys_of_a_file(scenario) if key not in settings] == []


@pytest.mark.parametrize("name", ["baseline", "gaffe", "swap_fair", "diy_fablab", "cowriting_campaign"])
def test_what_a_setting_has_now_can_be_set(name):
    scenario = load(name)
    data = scenario.as_file()
    given = {}
    for setting in settings_of(data):
        value = value_at(data, setting.path)
        if value is not None and setting.kind not in ("shape", "table"):
            given[setting.key] = f'"{value}"' if isinstance(value, str) else value
    assert len(given) > 300
    assert changed(scenario, given).text_hash == scenario.text_hash


def test_a_change_of_levers_has_the_bounds_of_the_levers():
    settings = {setting.key: setting for setting in settings_of(load("sincere_opening").as_file())}
    openness = settings["schedule.0.openness"]
    assert openness.quantity is not None
    assert (openness.quantity.low, openness.quantity.high, openness.is_optional) == (0, 1, True)
    assert settings["schedule.0.firm"].options == ("Nova", "Citadel", "Summit", "Mirage", "Agora")


def test_a_distribution_says_which_kinds_it_can_be():
    settings = {setting.key: setting for setting in settings_of(load("baseline").as_file())}
    kinds = settings["population.traits.peer_trust.distribution"]
    assert kinds.kind == "shape"
    assert set(kinds.options) == {"constant", "uniform", "normal", "lognormal", "gamma", "beta", "pareto"}
    assert "population.traits.peer_trust.mean" in settings
    assert "population.traits.peer_trust.median" not in settings
