"""Behind one page: what may be wished for next is begun when nothing else is to do, and dropped when it is not."""

import pytest

from dashboards.futures import Service
from dashboards.lab.runner import Runner
from dashboards.lab.view import Choice, View
from dashboards.markets import Draft
from experiments.pool import Pool
from tests.dashboards.conftest import wait_until

pytestmark = pytest.mark.slow

PRICE = "firm.Nova.levers.price"


@pytest.fixture
def page():
    """Give a runner with a small market before it, and what it has shown."""
    shown: list[View] = []
    failed: list[str] = []
    with Pool(2) as pool:
        service = Service(pool)
        runner = Runner(service, "me", shown.append, lambda _: None, failed.append)
        yield runner, shown
        runner.close()
        service.close()
    assert failed == []


def market(price=10.0):
    small = Draft.of("baseline").with_change("population.size", 300).with_change("horizon", 20)
    return small.with_change(PRICE, price)


def test_what_was_prepared_is_taken_up_and_its_neighbour_dropped(page):
    runner, shown = page
    baseline, choice = market(), Choice(futures=4)
    runner.want(baseline, baseline, choice, "en")
    wait_until(lambda: shown)
    runner.prepare([market(10.1), market(9.9)])
    task = runner._task
    assert task is not None
    up, down = task.ahead
    runner.want(market(10.1), baseline, choice, "en")
    assert down.is_cancelled or down.wait(60) is not None  # it may have ended before
    assert not up.is_cancelled
    task = runner._task
    assert task is not None
    assert task.now is not None
    found, ahead = task.now.wait(60), up.wait(60)
    assert found is not None
    assert ahead is not None
    assert found.scenario.text_hash == ahead.scenario.text_hash
    assert found.is_whole
    wait_until(lambda: any(view.cards and view is not shown[0] for view in shown))


def test_who_goes_on_to_another_lever_drops_what_was_prepared(page):
    runner, _ = page
    runner.prepare([market(10.1)])  # nothing is wished for yet: nothing is begun
    runner.want(market(), market(), Choice(futures=4), "en")
    runner.prepare([market(10.1), market(9.9)])
    first = list(runner._task.ahead)
    runner.prepare([market(10.3)])
    assert all(wish.is_cancelled or wish.ended.is_set() for wish in first)
    (other,) = runner._task.ahead
    assert other.wait(60).is_whole
