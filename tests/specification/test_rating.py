from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import FigureSettings, Mechanisms

from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .rating import earn_reputation, hear_reviews
from .salience import forget, refocus
from .worlds import mechanisms

SIZE, MEAN_S = 50, 30_000 / (1023 * 50)


def slow(world):
    """A week of a market of fifty consumers, whose belief in the firm's sincerity adds up to 30,000/1023."""
    firm, p = world.firm, world.p
    firm.N, firm.r_half = SIZE, p.experience.rating_half
    hear_reviews(firm, p.experience, p.activation)
    earn_reputation(firm, MEAN_S)
    forget(firm, p.purchase)
    refocus(firm, (firm.counted["voice_for"] + firm.counted["voice_against"]) / SIZE, p.activation)
    return {**firm_outcome(firm), "R": firm.R, "r": firm.r}


def fast(world):
    firm = market_firm(world.firm)
    market = SimpleNamespace(
        mechanisms=world.p,
        setup=SimpleNamespace(figures=FigureSettings(), mechanisms=world.p),
        population=SimpleNamespace(size=SIZE),
    )
    firm.week = firm.week._replace(sincerity=30_000)
    firm.hear_back(market, 1000)
    return {**market_firm_outcome(firm, 2), "R": firm.rating, "r": firm.rated}


@given(firm_worlds(mechanisms()))
def test_rating_reputation_and_focus(world):
    check_firm_agreement(slow, fast, world)


def test_a_firm_without_reviews_is_rated_one_half_with_nothing_behind_it():
    @given(firm_worlds(st.just(Mechanisms())))
    def check(world):
        world.firm.n_r = world.firm.sum_r = 0.0
        firm = market_firm(world.firm)
        assert (firm.rating, firm.rated) == (0.5, 0.0) == (world.firm.R, world.firm.r)

    check()
