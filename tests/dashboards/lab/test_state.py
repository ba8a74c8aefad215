"""What can be done in the Lab, without a browser."""

from typing import cast

import pytest

from dashboards.app import session
from dashboards.history import History
from dashboards.lab import state
from dashboards.lab.levers import levers_of
from dashboards.lab.linking import query_of
from dashboards.lab.runner import Runner
from dashboards.lab.view import Choice
from dashboards.markets import DEFAULT, Draft
from sim.problems import ScenarioError

PRICE = "firm.Nova.levers.price"


class Heard:
    """Stands for what works futures out: notes what was wished for."""

    def __init__(self):
        self.wishes = []
        self.ahead = []
        self.held = []

    def want(self, draft, baseline, choice, language, *, is_held, ahead):
        self.wishes.append((draft, baseline, choice))
        self.ahead.append(ahead)
        self.held.append(is_held)

    def prepare(self, drafts):
        self.ahead.append([draft.value(PRICE) for draft in drafts])


@pytest.fixture
def heard():
    begun = Draft.of(DEFAULT)
    session.draft.set(begun)
    session.baseline.set(begun)
    session.told.set(None)
    state.history.set(History(begun))
    state.choice.set(Choice())
    state._has_begun.set(False)
    worker = Heard()
    state.runner.set(cast(Runner, worker))
    yield worker
    state.runner.set(None)
    session.draft.set(begun)
    session.baseline.set(begun)
    session.told.set(None)


def price(value):
    state.move(levers_of(session.draft.value)[PRICE], value)


def test_a_lever_that_is_moved_is_wished_for_at_once(heard):
    price(8.0)
    ((draft, baseline, _),) = heard.wishes
    assert draft.value(PRICE) == 8.0
    assert baseline == Draft.of(DEFAULT)


def test_a_drag_is_one_step_back(heard):
    for place in range(10):
        price(9.0 - place / 10)
    state.undo()
    assert session.draft.value == Draft.of(DEFAULT)
    state.redo()
    assert session.draft.value.value(PRICE) == pytest.approx(8.1)
    assert heard.wishes[-1][0] == session.draft.value


def test_the_next_place_of_a_lever_that_goes_step_by_step_is_worked_out_ahead(heard):
    lever = levers_of(session.draft.value)[PRICE]
    assert lever.range is not None
    now, step = session.draft.value.value(PRICE), lever.range.step
    for places in (1, 2, 5, 4):
        state.move(lever, float(f"{now + places * step:.10g}"), is_held=places == 5)
    found = [None if ahead is None else ahead.value(PRICE) for ahead in heard.ahead]
    assert found == [pytest.approx(now + 2 * step), pytest.approx(now + 3 * step), None, pytest.approx(now + 3 * step)]
    assert heard.held == [False, False, True, False]
    # What a browser says of the same place is the same number, to the last bit.
    assert found[0] == float(f"{now + 2 * step:.10g}")
    state.move(lever, lever.range.low)
    state.move(levers_of(session.draft.value)["firm.Nova.levers.mode"], "rent")
    assert heard.ahead[-2:] == [None, None]


def test_both_places_beside_a_lever_are_worked_out_ahead_when_the_keyboard_reaches_it(heard):
    levers = levers_of(session.draft.value)
    lever = levers[PRICE]
    assert lever.range is not None
    now, step = session.draft.value.value(PRICE), lever.range.step
    state.reach(lever)
    assert heard.ahead == [[float(f"{now + step:.10g}"), float(f"{now - step:.10g}")]]
    price(lever.range.high)
    state.reach(lever)
    assert heard.ahead[-1] == [float(f"{lever.range.high - step:.10g}")]  # beyond the end there is no place
    before = list(heard.ahead)
    state.reach(levers["firm.Nova.levers.mode"])
    assert heard.ahead == before


def test_what_cannot_be_run_changes_nothing(heard):
    lever = levers_of(session.draft.value)["mechanisms.activation.click_cost"]
    with pytest.raises(ScenarioError):
        state.move(lever, 1e9)
    assert session.draft.value == Draft.of(DEFAULT)
    assert heard.wishes == []


def test_another_scenario_is_its_own_baseline_until_it_is_undone(heard):
    price(8.0)
    state.start_from(Draft.of("price_war"))
    assert session.baseline.value == session.draft.value == Draft.of("price_war")
    state.undo()
    assert session.draft.value.value(PRICE) == 8.0
    assert session.baseline.value == Draft.of(DEFAULT)


def test_a_baseline_can_be_set(heard):
    price(8.0)
    state.set_baseline()
    assert session.baseline.value == session.draft.value
    state.reset()
    assert session.draft.value == Draft.of(DEFAULT)
    assert heard.wishes[-1][1].value(PRICE) == 8.0


def test_a_link_is_restored_once(heard):
    state.begin("?scenario=price_war&set=firm.Aubaine.levers.price=70&set=nothing=1&lang=fr")
    assert session.draft.value.value("firm.Aubaine.levers.price") == 70
    assert session.baseline.value == Draft.of("price_war")
    assert session.told.value is not None
    assert session.told.value.kind == "warning"
    state.begin("?scenario=baseline")
    assert session.draft.value.source == "price_war"


def test_a_link_holds_the_baseline_and_what_is_to_be_seen(heard):
    price(8.0)
    state.set_baseline()
    price(7.0)
    state.choose(futures=4, cards=("lead", "surplus", "sincerity", "share"), outcome="share")
    before = session.draft.value, session.baseline.value, state.choice.value
    query = query_of(*before)
    assert len(query) < 600
    session.baseline.set(Draft.of(DEFAULT))
    state.choice.set(Choice())
    state._has_begun.set(False)
    session.told.set(None)
    state.begin(query)
    assert (session.draft.value, session.baseline.value, state.choice.value) == before
    assert session.told.value is None
    # As long as nothing was chosen, a link says no more than the market.
    assert query_of(Draft.of(DEFAULT), Draft.of(DEFAULT), Choice()) == "scenario=baseline"


def test_what_makes_no_sense_in_a_link_is_counted(heard):
    state.begin("?scenario=baseline&futures=17&cards=share&outcome=lead&against=scenario%3Dnone")
    assert state.choice.value == Choice()
    assert session.baseline.value == Draft.of(DEFAULT)
    assert session.told.value is not None
    assert session.told.value.text.startswith("4 things")


def test_an_address_of_another_kind_is_no_link(heard):
    state.begin("?lang=fr&x=1")
    assert session.draft.value == Draft.of(DEFAULT)
    assert session.told.value is None


@pytest.mark.parametrize("junk", [{"futures": 5000}, {"outcome": "nothing"}, {"cards": ("share", "x", "y", "z")}])
def test_what_is_not_known_cannot_be_chosen(heard, junk):
    state.choose(**junk)
    assert state.choice.value == Choice()
    state.choose(futures=64)
    assert heard.wishes[-1][2].futures == 64
