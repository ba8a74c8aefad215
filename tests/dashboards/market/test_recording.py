"""A recording says of every consumer what the market's own columns say."""

from __future__ import annotations

import base64
import threading
import zlib

import numpy as np
import pytest

from dashboards.market.layout import layout
from dashboards.market.packing import pack, packed, shown_channels, unpacked
from dashboards.market.recording import (
    AGAINST,
    CONTRIBUTOR,
    FOR,
    MOST_CONSUMERS,
    MOST_WEEKS,
    NOBODY,
    QUIET,
    ZAPPER,
    fitted,
    record,
)
from sim.market import Market
from sim.observation import purchases
from sim.scenario import changed, load


def _code(column):
    return np.where(column < 0, NOBODY, column.astype(int))


def test_what_the_browser_puts_together_is_what_the_columns_hold(scandal, untouched):
    sent = pack(untouched, layout(untouched.peers))
    seen = {name: unpacked(text, untouched.weeks, untouched.size) for name, text in sent["channels"].items()}
    assert seen.keys() == untouched.channels.keys()

    def compare(market):
        week, get = market.week, market.population.get
        for name in ("community", "ambassador", "target", "cause"):
            np.testing.assert_array_equal(seen[name][week], _code(get(name)))
        np.testing.assert_array_equal(seen["supplier.0"][week], _code(get("supplier")[0]))
        for name in ("energy", "satisfaction"):
            np.testing.assert_allclose(seen[name][week] / 255, get(name), atol=0.5 / 255 + 1e-6)
        militant, stance = get("role") == 1, get("stance")
        np.testing.assert_array_equal(seen["role"][week] == FOR, militant & (stance > 0))
        np.testing.assert_array_equal(seen["role"][week] == AGAINST, militant & (stance < 0))
        bought = purchases(market, market.setup.sectors[0].name)
        orders = np.zeros(market.population.size)
        orders[bought.consumer] = bought.units
        np.testing.assert_array_equal(seen["orders.0"][week], orders)

    market = Market(scandal)
    market.run(on_week=compare)
    assert market.week == untouched.weeks == 40


def test_roles_follow_from_what_was_done_in_a_quarter(untouched):
    role, supplier = untouched.channels["role"], untouched.channels["supplier.0"]
    made = untouched.channels["made"]
    week = 30
    since = slice(week - 12, week + 1)
    switched = ((supplier[since] != supplier[week - 13 : week]) & (supplier[week - 13 : week] != NOBODY)).any(axis=0)
    contributed = made[since].any(axis=0)
    militant = (role[week] == FOR) | (role[week] == AGAINST)
    assert militant.any()
    np.testing.assert_array_equal(role[week] == CONTRIBUTOR, contributed & ~militant)
    np.testing.assert_array_equal(role[week] == ZAPPER, switched & ~contributed & ~militant)
    np.testing.assert_array_equal(role[week] == QUIET, ~switched & ~contributed & ~militant)


def test_contributions_add_up_to_the_figure(untouched):
    made = untouched.channels["made"][1:].sum(axis=1) * untouched.weight
    figure = untouched.figures["contributions"].sum(axis=1)
    np.testing.assert_allclose(made, figure)
    assert figure.sum() > 0


def test_orders_add_up_to_the_units_of_every_firm(sectors):
    units = sectors.figures["units"]
    for place, supplier in enumerate(sectors.suppliers):
        s = supplier.sector
        of = sectors.channels[f"orders.{s}"][1:] * (sectors.channels[f"supplier.{s}"][1:] == place)
        sold = of.sum(axis=1) * sectors.order_size * sectors.weight
        np.testing.assert_allclose(sold, units[:, supplier.firm])


def test_a_militants_story_has_as_many_as_the_figures(untouched):
    role = untouched.channels["role"][1:]
    of_figure = untouched.figures["militants"]
    np.testing.assert_allclose(((role == FOR) | (role == AGAINST)).sum(axis=1) * untouched.weight, of_figure)


def test_a_recording_of_two_years_stays_small():
    recording = record(fitted(load("baseline")))
    assert recording is not None
    sent = pack(recording, layout(recording.peers))
    assert (recording.weeks, recording.size) == (104, 5000)
    assert sum(len(text) for text in sent["channels"].values()) < 2_000_000


def test_what_is_too_large_to_draw_is_cut():
    large = changed(load("baseline"), {"population.size": 200_000, "horizon": 1000})
    cut = fitted(large)
    assert cut.horizon == MOST_WEEKS
    assert cut.population.size < MOST_CONSUMERS
    assert cut.population.represents == large.population.represents
    assert all(event.week <= MOST_WEEKS for event in cut.events)
    assert fitted(changed(load("baseline"), {"population.size": 800, "horizon": 20})).population.size == 800


def test_a_recording_stops_when_it_is_told_to(scandal):
    stop, lived = threading.Event(), []

    def note(week):
        lived.append(week)
        if week == 5:
            stop.set()

    assert record(scandal, stop=stop, on_week=note) is None
    assert lived == [1, 2, 3, 4, 5]


def test_beliefs_are_those_of_the_columns(scandal, untouched):
    market = Market(scandal)
    market.run(20)
    kept = untouched.belief_weeks.tolist().index(20)
    np.testing.assert_allclose(untouched.quality[kept] / 255, market.population.get("quality"), atol=0.003)
    np.testing.assert_allclose(untouched.sincerity[kept] / 255, market.population.get("sincerity"), atol=0.003)


def test_packing_gives_back_what_it_was_given():
    channel = np.random.default_rng(3).integers(0, 256, (9, 50)).astype(np.uint8)
    np.testing.assert_array_equal(unpacked(packed(channel), 8, 50), channel)
    with pytest.raises(ValueError, match="8 weeks of 51"):
        unpacked(packed(channel), 7, 51)


def test_places_and_peers_go_as_they_are(untouched):
    places = layout(untouched.peers)
    sent = pack(untouched, places)
    numbers = np.frombuffer(zlib.decompress(base64.b64decode(sent["places"])), "<u2").reshape(-1, 2)
    np.testing.assert_allclose(numbers / 65535, places, atol=1e-5)
    peers = np.frombuffer(zlib.decompress(base64.b64decode(sent["peers"])), "<u2")
    np.testing.assert_array_equal(peers.reshape(untouched.peers.shape), untouched.peers)
    assert sent["peerCount"] == untouched.peers.shape[1]
    assert shown_channels(untouched) == list(sent["channels"])
