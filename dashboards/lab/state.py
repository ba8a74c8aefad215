"""What the Lab of one page remembers, and what can be done with it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import solara

from dashboards.app import session
from dashboards.history import History
from dashboards.lab import linking
from dashboards.lab.levers import Lever, moved
from dashboards.lab.runner import Runner
from dashboards.lab.text import say
from dashboards.lab.view import Choice, Tornado, View
from dashboards.markets import DEFAULT, Draft, problems_of
from experiments.numbers import count
from sim.problems import ScenarioError
from sim.text import language

__all__ = [
    "begin", "choice", "choose", "go", "history", "move", "opened", "problem", "redo", "refused", "reset", "runner",
    "set_baseline", "start_from", "tornado", "undo", "view", "want",
]  # fmt: skip

history: solara.Reactive[History] = solara.reactive(History(Draft.of(DEFAULT)))
"""What was done to the draft."""
choice: solara.Reactive[Choice] = solara.reactive(Choice())
"""What is to be seen."""
view: solara.Reactive[View | None] = solara.reactive(None)
"""What is seen."""
tornado: solara.Reactive[Tornado | None] = solara.reactive(None)
"""What single levers do."""
problem: solara.Reactive[str] = solara.reactive("")
"""Why there are no futures; empty if there is no reason."""
opened: solara.Reactive[str] = solara.reactive("")
"""The window that is open over the page, such as ``gallery``, ``save`` or ``edit 2``; empty for none."""
runner: solara.Reactive[Runner | None] = solara.reactive(None)
"""What works futures out for this page."""
refused: solara.Reactive[int] = solara.reactive(0)
"""How often a lever could not go where it was moved."""
_has_begun: solara.Reactive[bool] = solara.reactive(False)


def begin(search: str | None) -> None:
    """Restore what a link says, when the page is first drawn."""
    if _has_begun.peek():
        return
    _has_begun.set(True)
    query = search or ""
    if any(f"{name}=" in query for name in ("scenario", "set", "events", "file", "you")):
        draft, baseline, chosen, ignored = linking.whole(query)
        session.draft.set(draft)
        session.baseline.set(baseline)
        choice.set(chosen)
        if ignored:
            said = say("page.link_partly", count=count(ignored)) if ignored > 1 else say("page.link_partly_one")
            session.tell(said, "warning")
    history.set(History(session.draft.peek()))


def want(*, is_held: bool = False, ahead: Draft | None = None) -> None:
    """Wish for the futures of what is now, and of what may be wished for next."""
    worker = runner.peek()
    if worker is not None:
        now = (session.draft.peek(), session.baseline.peek(), choice.peek(), language())
        worker.want(*now, is_held=is_held, ahead=ahead)


def go(draft: Draft, about: str = "", *, is_held: bool = False, ahead: Draft | None = None) -> None:
    """Take a step: the draft is checked, its futures are wished for, and the page follows.

    Parameters
    ----------
    draft
        The market as it is now.
    about
        What was changed: several steps about the same thing, one after the other, are undone together.
    is_held
        Whether a lever is still held.
    ahead
        The market that is likely to come next.

    Raises
    ------
    ScenarioError
        The draft cannot be run; all stays as it was.
    """
    _ = draft.scenario
    if draft == session.draft.peek():
        return
    _now(history.peek().go(draft, about, time.monotonic()), is_held, ahead)


def move(lever: Lever, value: Any, *, is_held: bool = False) -> None:
    """Move a lever; one that cannot go there is drawn again where it was."""
    draft = session.draft.peek()
    try:
        ahead = None if is_held else _ahead(draft, lever, value)  # a hand that drags stops where it wants
        go(moved(draft, lever, value), lever.key, is_held=is_held, ahead=ahead)
    except ScenarioError:
        refused.set(refused.peek() + 1)
        raise


def reach(lever: Lever) -> None:
    """Take note that the keyboard has reached a lever: a key may move it one place up or down."""
    worker, draft = runner.peek(), session.draft.peek()
    value = _number(draft.value(lever.key))
    if worker is None or lever.range is None or value is None:
        return
    near = [moved(draft, lever, place) for place in lever.range.including(value).beside(value)]
    worker.prepare([one for one in near if not problems_of(one)])


def _ahead(draft: Draft, lever: Lever, value: Any) -> Draft | None:
    """Give the market of the lever's next place, if it went one place: by a key, it may well go on."""
    before, now = _number(draft.value(lever.key)), _number(value)
    if lever.range is None or before is None or now is None:
        return None
    following = lever.range.including(now).next_after(before, now)
    ahead = None if following is None else moved(draft, lever, following)
    return None if ahead is None or problems_of(ahead) else ahead


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _now(steps: History, is_held: bool = False, ahead: Draft | None = None) -> None:
    history.set(steps)
    problem.set("")
    session.draft.set(steps.present)
    want(is_held=is_held, ahead=ahead)


def undo() -> None:
    """Take the last step back."""
    _back_to(history.peek().undo())


def redo() -> None:
    """Take a step again."""
    _back_to(history.peek().redo())


def _back_to(steps: History) -> None:
    """Go to a step; where it was of another scenario, that one is the baseline again."""
    if steps.present.base.text_hash != session.baseline.peek().base.text_hash:
        session.baseline.set(linking.usual_baseline(steps.present))
    _now(steps)


def reset() -> None:
    """Go back to the scenario as it began."""
    go(session.draft.peek().reset())


def start_from(draft: Draft) -> None:
    """Begin with another market, which is its own baseline."""
    _ = draft.scenario
    session.baseline.set(draft)
    _now(history.peek().go(draft))


def set_baseline() -> None:
    """Compare with the present draft from now on."""
    session.baseline.set(session.draft.peek())
    session.tell(say("page.is_baseline"), "good")
    want()


def choose(**changes: Any) -> None:
    """Change what is to be seen; what is not known is not taken."""
    new = replace(choice.peek(), **changes)
    if linking.is_known(new) and new != choice.peek():
        choice.set(new)
        want()
