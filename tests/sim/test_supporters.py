"""What draws people into a community and drives them out: pay, campaigns, ambassadors, brand push."""

from __future__ import annotations

import numpy as np
import pytest

from sim.market import Market
from sim.mechanisms.ambassadors import AmbassadorsParameters, recruiting_and_keeping
from sim.mechanisms.campaigns import CampaignsParameters, novelty
from sim.mechanisms.contribution import ContributionParameters, game_and_thanks
from tests.guarantees.markets import made

P = ContributionParameters()


def appeal(reward, play=0.6, recognition=0.4, playfulness=0.5):
    """What an open firm offers to somebody of middling playfulness, without sincerity."""
    game, thanks = game_and_thanks(P, play, recognition, 0.0, reward)
    return playfulness * game + thanks


def test_without_pay_nothing_is_spoilt():
    assert game_and_thanks(P, 0.6, 0.4, 0.0, 0.0) == (0.6, 0.4)
    assert game_and_thanks(P, 0.6, 0.4, 1.0, 0.0) == pytest.approx((0.6, 0.4 + P.power_appeal))


@pytest.mark.parametrize("reward", [0.01, 0.1, 0.5, 1.0])
def test_pay_spoils_game_and_thanks_and_brings_money(reward):
    game, thanks = game_and_thanks(P, 0.6, 0.4, 0.0, reward)
    spoilt = P.pay_crowding * reward / (reward + P.pay_half)
    assert game == pytest.approx(0.6 * (1 - spoilt))
    assert thanks == pytest.approx(0.4 * (1 - spoilt) + P.money_appeal * reward)


def test_paying_little_is_worse_than_paying_nothing_and_than_paying_well():
    """At the defaults, for a playful community (Gneezy and Rustichini 2000): pay enough, or do not pay at all."""
    pays = [appeal(reward) for reward in np.linspace(0, 1, 101)]
    worst = int(np.argmin(pays))
    assert 0 < worst < 50
    assert pays[worst] < 0.9 * pays[0]
    assert pays[worst] < 0.9 * pays[-1]
    # One valley: it falls to the worst and rises from there.
    assert (np.diff(pays[: worst + 1]) < 0).all()
    assert (np.diff(pays[worst:]) > 0).all()
    # Where there is no fun to spoil, all pay is welcome.
    assert (np.diff([appeal(reward, 0.0, 0.0) for reward in np.linspace(0, 1, 11)]) > 0).all()


def data(firm=None, **more):
    return {
        "horizon": 40,
        "population": {"size": 2000, "represents": 200_000.0},
        "sector": [{"name": "food"}],
        "firm": [
            {"name": "Nova", "sector": "food", "levers": {"openness": 0.6, "recognition": 0.6} | (firm or {})},
            {"name": "Orba", "sector": "food", "levers": {"openness": 0.3}},
        ],
    } | more


def lived(weeks, firm=None, **more):
    market = Market(made(data(firm, **more)))
    market.run(weeks)
    return market


# --- campaigns ----------------------------------------------------------------------------------------------


def test_novelty_wears_off():
    p = CampaignsParameters(fatigue=0.2)
    assert [novelty(p, age) for age in range(4)] == pytest.approx([1.0, 0.8, 0.64, 0.512])
    assert novelty(CampaignsParameters(fatigue=0.0), 99) == 1.0
    assert novelty(CampaignsParameters(fatigue=1.0), 1) == 0.0


CAMPAIGN = {"week": 3, "kind": "campaign", "firm": "Nova", "weeks": 4, "play": 0.5, "reach": 6.0, "cost": 1234.0}


def test_a_campaign_lasts_for_its_weeks_and_fades():
    market = Market(made(data({"play": 0.2}, event=[CAMPAIGN])))
    nova, fatigue = market.firms[0], market.mechanisms.campaigns.fatigue
    for week in range(1, 9):
        market.step()
        left = (1 - fatigue) ** (week - 3) if 3 <= week < 7 else 0.0
        assert nova.game == pytest.approx(0.2 + 0.5 * left)
        assert nova.pull == pytest.approx(6.0 * left)
        assert nova.costs["campaigns"] == (123_400 if 3 <= week < 7 else 0)
        assert market.firms[1].pull == 0.0


def test_campaigns_at_once_add_up_but_play_has_an_end():
    twice = [CAMPAIGN, CAMPAIGN | {"play": 0.9}]
    market = lived(3, {"play": 0.2}, event=twice)
    assert (market.firms[0].game, market.firms[0].pull) == (1.0, 12.0)
    assert market.firms[0].costs["campaigns"] == 246_800


def test_a_campaign_fills_the_community():
    """Five seeds of 2,000 consumers: at 7 times the search, several times the newcomers of the campaign's weeks."""
    for seed in range(5):
        with_it, without = (lived(7, event=event, seed=seed) for event in ([CAMPAIGN], []))
        grown = [m.record["community"][6, 0] - m.record["community"][1, 0] for m in (with_it, without)]
        assert grown[0] > 2 * max(grown[1], 1000.0)
        off = lived(7, event=[CAMPAIGN], seed=seed, mechanisms={"campaigns": {"enabled": False}})
        assert np.array_equal(off.record["community"], without.record["community"])


def test_a_firm_that_is_gone_calls_nobody():
    market = Market(made(data(event=[CAMPAIGN])))
    market.run(2)
    market.firms[0].go_bankrupt()
    market.step()
    assert market.firms[0].pull == market.firms[0].campaign_spend == 0.0


# --- ambassadors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spend", "ambassadors", "members", "expected"),
    [
        # Ten are paid for: of 100 members 10 % would fill the places, the most that are enrolled are 5 %.
        (50.0, 0.0, 100.0, (0.05, 1.0)),
        (10.0, 0.0, 100.0, (0.02, 1.0)),
        (50.0, 8.0, 108.0, (0.02, 1.0)),
        (50.0, 10.0, 100.0, (0.0, 1.0)),
        (50.0, 40.0, 100.0, (0.0, 0.25)),
        (0.0, 40.0, 100.0, (0.0, 0.0)),
        (50.0, 0.0, 0.0, (0.0, 1.0)),
        (50.0, 5.0, 5.0, (0.0, 1.0)),
    ],
)
def test_as_many_are_enrolled_as_are_paid_for(spend, ambassadors, members, expected):
    p = AmbassadorsParameters(cost=5.0, enrolment=0.05)
    assert recruiting_and_keeping(p, spend, ambassadors, members) == pytest.approx(expected)


FEDERATED = {
    "contribution": {"join_rate": 0.5, "exploited_below": 0.0},
    "ambassadors": {"bar": 0.3, "enrolment": 0.5, "cost": 5.0},
}


def test_ambassadors_come_to_the_number_that_is_paid_for():
    """500 currency units for 5 each: 100 people. Each simulated one stands for 100: within one or two of them."""
    market = lived(30, {"ambassadors": 50_000.0}, mechanisms=FEDERATED)
    late = market.record["ambassadors"][-10:, 0]
    assert late.mean() == pytest.approx(10_000.0, rel=0.05)
    assert market.record["ambassadors"][:, 1].max() == 0
    assert market.firms[0].costs["ambassadors"] == round(late[-1] * 5.0 * 100)
    # Who doubts the firm is none, and members alone are.
    office = market.population.get("ambassador") == 0
    assert (market.population.get("community")[office] == 0).all()
    assert (market.population.get("sincerity")[0][office] >= np.float32(0.3)).all()


def test_ambassadors_go_when_the_firm_pays_no_more():
    changes = [{"week": 15, "firm": "Nova", "ambassadors": 20_000.0}, {"week": 20, "firm": "Nova", "ambassadors": 0.0}]
    market = lived(22, {"ambassadors": 50_000.0}, mechanisms=FEDERATED, schedule=changes)
    record = market.record["ambassadors"][:, 0]
    assert record[12] == pytest.approx(10_000.0, rel=0.1)
    # Forty of a hundred are kept by luck: within three standard deviations of a binomial of 100.
    assert record[14] == pytest.approx(4_000.0, abs=1_500.0)
    assert (record[19:] == 0).all()


def test_a_high_bar_keeps_everyone_out():
    tables = FEDERATED | {"ambassadors": FEDERATED["ambassadors"] | {"bar": 1.0}}
    assert lived(10, {"ambassadors": 50_000.0}, mechanisms=tables).record["ambassadors"].max() == 0


def test_ambassadors_speak_for_their_firm():
    """What they say is heard like a militant's voice: it counts in the public voice, and is believed by peers."""
    loud = FEDERATED | {"activation": {"sway": 1.0}}
    with_them = lived(25, {"ambassadors": 50_000.0}, mechanisms=loud)
    without = lived(25, {"ambassadors": 50_000.0}, mechanisms=loud | {"ambassadors": {"enabled": False}})
    zeal = with_them.mechanisms.ambassadors.zeal
    assert with_them.record["net_voice"][-1, 0] == pytest.approx(
        with_them.record["ambassadors"][-1, 0] * round(zeal * 1023) / 1023
    )
    assert with_them.record["sincerity"][-1, 0] > without.record["sincerity"][-1, 0] + 0.03
    assert without.record["net_voice"][-1, 0] == 0.0


# --- brand push ---------------------------------------------------------------------------------------------


def test_brand_push_in_a_closed_firms_community_drives_members_out():
    """Leavers a week over members: intrusion · push · (1 − openness) above churn. 12 weeks, thousands of members."""
    rates = {}
    for intrusion in (0.0, 0.2):
        tables = {"contribution": {"join_rate": 0.5, "intrusion": intrusion, "exploited_below": 0.0, "effort": 0.0}}
        quiet = tables | {"sincerity": {"repulsion": 0.0}, "beliefs": {"repulsion": 0.0}}
        record = lived(14, {"brand_push": 0.5}, mechanisms=quiet).record
        rates[intrusion] = record["leavers"][2:, 0].sum() / record["community"][1:-1, 0].sum()
    # churn is 1 % without attachment; 0.2 · 0.5 · (1 − 0.6) = 4 % on top.
    assert rates[0.0] == pytest.approx(0.01, abs=0.003)
    assert rates[0.2] - rates[0.0] == pytest.approx(0.04, abs=0.006)
