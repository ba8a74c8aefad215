"""Shares of a difference whose parts are known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.answers.explain import NothingDiffersError, explain
from experiments.answers.kinds import tell
from sim.scenario import changed
from sim.text import use_language
from tests.experiments.answers.examples import USERISATION
from tests.experiments.answers.markets import pair

# A: price 10, openness 0.1, sharing 0; B: 12, 0.6, 0.5. The product 8 o s of B is made by openness and sharing
# together: sharing alone brings 8 × 0.1 × 0.5 = 0.4, openness alone nothing of it, both 2.4.
SHARES = {"price": 2.0, "openness": 1.0 + 1.0, "sharing": 0.4 + 1.0}


def named(found):
    return {change.edits[0].key[-1]: one for change, one in zip(found.changes, found.figures[0].shares, strict=True)}


def test_shares_are_those_of_shapley_and_add_up(known_market):
    before, after = pair()
    found = explain(("A", before), ("B", after), [USERISATION], replicates=6)
    figure = found.figures[0]
    assert (found.is_exact, found.coalitions, found.futures) == (True, 8, 6)
    assert {name: one.share.value for name, one in named(found).items()} == pytest.approx(SHARES)
    assert sum(one.share.value for one in figure.shares) == pytest.approx(figure.total.value, abs=1e-12)
    assert figure.total.value == pytest.approx(figure.after - figure.before) == pytest.approx(5.4)
    assert named(found)["openness"].alone == pytest.approx(1.0)
    assert named(found)["openness"].last == pytest.approx(1.0 + 8 * 0.5 * 0.5)
    (pair_found,) = figure.interactions
    assert pair_found.effect.value == pytest.approx(2.0)
    weeks = np.sum([one.course for one in figure.shares], axis=0)
    assert np.allclose(weeks, figure.total_course)


def test_intervals_hold_the_shares_when_runs_have_luck_of_their_own(known_market, monkeypatch):
    # 16 replicates, 95 % intervals of three shares: all of them hold with this luck.
    monkeypatch.setattr(known_market, "own_luck", 0.5)
    before, after = pair()
    found = explain(("A", before), ("B", after), [USERISATION], replicates=16)
    for name, one in named(found).items():
        assert one.share.low < SHARES[name] < one.share.high
        assert one.share.high - one.share.low < 1.0
    figure = found.figures[0]
    assert sum(one.share.value for one in figure.shares) == pytest.approx(figure.total.value, abs=1e-12)


def test_sampled_orders_add_up_and_tell_their_error(known_market):
    before, after = pair()
    more = {f"firm.Élan.levers.{lever}": 0.55 for lever in ("openness", "sharing", "play", "recognition", "autonomy")}
    found = explain(("A", before), ("B", changed(after, more)), [USERISATION], replicates=2, budget=60)
    figure = found.figures[0]
    assert not found.is_exact
    assert len(found.changes) == 8
    assert found.coalitions <= 60
    assert sum(one.share.value for one in figure.shares) == pytest.approx(figure.total.value, abs=1e-12)
    # Changes that act at most two at a time: orders in pairs are exact.
    shares = {".".join(c.edits[0].key[1:4]): one for c, one in zip(found.changes, figure.shares, strict=True)}
    for name, truth in SHARES.items():
        assert shares[f"Pyramide.levers.{name}"].share.value == pytest.approx(truth)
    assert shares["Élan.levers.play"].share.value == pytest.approx(0.0, abs=1e-12)
    assert "sampled" in [one.doubt for one in found.notes]
    with use_language("en"):
        assert any("sampled" in text for text in (*tell(found).doubts, *tell(found).assumptions))


def test_events_and_schedules_are_explained(known_market):
    before, _ = pair()
    data = before.as_file()
    moved = changed(before, {"event.0.severity": 0.2, "schedule.0.price": 8.0, "firm.Pyramide.levers.price": 11.0})
    found = explain(("A", before), ("B", moved), [USERISATION], replicates=5)
    assert data["event"][0]["severity"] == 0.8
    assert sorted(round(one.share.value, 9) for one in found.figures[0].shares) == pytest.approx([-0.3, 0.0, 1.0])


def test_nothing_to_explain_and_too_small_a_budget_are_refused(known_market):
    before, after = pair()
    with pytest.raises(NothingDiffersError):
        explain(("A", before), ("B", before), [USERISATION])
    with pytest.raises(ValueError, match="budget"):
        explain(("A", before), ("B", after), [USERISATION], budget=3)
