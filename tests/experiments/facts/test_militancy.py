"""Paths of sales, talk and attention with known answers."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.facts import militancy


def seen(week=3, **series):
    event = SimpleNamespace(week=week, firm="Nova", cause="work", severity=0.5)
    causes = [SimpleNamespace(name="work", salience=0.1)]
    scenario = SimpleNamespace(events=[event], causes=causes)
    return SimpleNamespace(scenario=scenario, series=lambda figure, item: np.array(series[figure], dtype=float))


def test_the_deviation_begins_with_the_event():
    path = militancy.deviation(seen(units=[10, 10, 8, 9, 10]), seen(units=[10, 10, 10, 10, 10]))
    assert path == pytest.approx([-0.2, -0.1, 0.0])
    assert militancy.peak_deviation(path) == pytest.approx(0.2)
    assert militancy.weeks_to_return(path) == 2


@pytest.mark.parametrize(
    ("path", "weeks"),
    [
        ([0.04, -0.02, 0.0], 0),
        ([0.10, 0.04, 0.0], 1),
        ([0.02, 0.20, 0.10, 0.06, 0.01], 4),
        ([-0.2, -0.2, -0.1], 3),  # never back: all the weeks that were seen
    ],
)
def test_weeks_until_sales_are_back(path, weeks):
    assert militancy.weeks_to_return(np.array(path)) == weeks


def test_talk_and_acts():
    event = seen(
        attackers=[9, 9, 60, 20], defenders=[9, 9, 15, 5], boycott_size=[9, 9, 10, 5], buycott_size=[9, 9, 3, 2]
    )
    assert militancy.talk_per_act(event) == pytest.approx(100 / 20)
    assert militancy.hostility(event, weeks=1) == pytest.approx(0.8)
    nobody = {key: [0, 0, 0] for key in ("attackers", "defenders", "boycott_size", "buycott_size")}
    assert np.isnan(militancy.talk_per_act(seen(**nobody)))


def test_sales_change_over_the_first_weeks():
    event, quiet = seen(units=[5, 5, 12, 9, 9]), seen(units=[5, 5, 10, 10, 10])
    assert militancy.sales_change(event, quiet, weeks=2) == pytest.approx(0.05)


def test_what_is_left_of_a_shock():
    levels = militancy.salience_after(seen(salience=[0.1, 0.1, 0.35, 0.225]))
    assert levels == pytest.approx([1.0, 0.5, 0.25])
    # Half is left after a week.
    assert militancy.half_life_days(levels) == pytest.approx(7.0)
    assert militancy.half_life_days(np.array([1.0, 0.25])) == pytest.approx(3.5)
    assert militancy.half_life_days(np.array([1.0, 0.0])) == 0.0


def test_a_power_law_gives_its_exponent():
    weeks = np.arange(1, 9, dtype=np.float64)
    assert militancy.fading_exponent(1e6 * weeks**-2.5) == pytest.approx(2.5, abs=1e-4)
    drawn = np.random.default_rng(5).poisson(5000 * weeks**-2.0).astype(float)
    assert militancy.fading_exponent(drawn) == pytest.approx(2.0, abs=0.1)
    assert np.isnan(militancy.fading_exponent(np.zeros(8)))
