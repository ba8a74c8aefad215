"""Behind one page: wishes for futures, and what is made of them in a thread of its own.

The newest wish counts. What a page shows is handed over ready, so that the thread which answers the browser has nothing
left to work out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from dashboards.futures import FIRST, Ensemble, Service, Wish, affordable, interactive
from dashboards.lab.text import say
from dashboards.lab.view import Axes, Choice, Pull, Tornado, View, build, needed, pulls, tornado_of
from dashboards.markets import Draft
from sim.scenario import Scenario
from sim.text import use_language

__all__ = ["TRIED", "Runner"]

TRIED = FIRST
"""Futures for each position of a lever that is tried by itself."""

_AHEAD, _TRYING = 3, 5
"""How urgent it is to work ahead, and to try single levers: less than what somebody waits for."""

_log = logging.getLogger("userisation.dashboard")


@dataclass(eq=False)
class _Task:
    """What is wished for at present."""

    draft: Draft
    baseline: Draft
    choice: Choice
    language: str
    now: Wish | None = None
    before: Wish | None = None
    ahead: list[Wish] = field(default_factory=list)
    shown: tuple[int, int] = (0, 0)
    tried: list[tuple[Pull, Wish, Wish]] | None = None
    is_tornado_shown: bool = False
    pieces: list[Wish] = field(default_factory=list)

    def is_like(self, other: _Task) -> bool:
        """Tell whether the same is wished for, and nothing has gone wrong with it."""
        mine = (self.draft, self.baseline, self.choice, self.language)
        is_same = mine == (other.draft, other.baseline, other.choice, other.language)
        return is_same and (self.now is None or not self.now.problem)


class Runner:
    """Gets futures for a page.

    Parameters
    ----------
    service
        The engine.
    owner
        Whose wishes these are.
    show, show_tornado
        Called with what is to be seen, in a thread of this runner.
    fail
        Called with a message when futures cannot be worked out.
    """

    def __init__(
        self,
        service: Service,
        owner: Hashable,
        show: Callable[[View], None],
        show_tornado: Callable[[Tornado | None], None],
        fail: Callable[[str], None],
    ) -> None:
        self._service = service
        self._owner = owner
        self._show = show
        self._show_tornado = show_tornado
        self._fail = fail
        self._task: _Task | None = None
        self._axes = Axes()
        self._news = threading.Event()
        self._is_closed = False
        self._lock = threading.Lock()
        self.now: Ensemble | None = None
        self.before: Ensemble | None = None
        self._thread = threading.Thread(target=self._work, name="lab", daemon=True)
        self._thread.start()

    def want(
        self, draft: Draft, baseline: Draft, choice: Choice, language: str, *, is_held: bool = False,
        ahead: Draft | None = None,
    ) -> None:  # fmt: skip
        """Wish for the futures of a draft; what was wished before is dropped.

        Parameters
        ----------
        draft, baseline, choice, language
            What is to be seen.
        is_held
            Whether a lever is still held.
        ahead
            What may be wished for next: its futures are worked out when nothing else is to do.

        Raises
        ------
        ScenarioError
            The draft cannot be run.
        """
        task = _Task(draft, baseline, choice, language)
        if self._task is not None and self._task.is_like(task):
            return
        market, other = interactive(draft.scenario), interactive(baseline.scenario)
        keys = needed(draft, choice)
        futures = affordable(market, choice.futures, len(keys))
        with self._lock:
            old, self._task = self._task, task
        if old is not None:
            for piece in old.pieces:
                piece.cancel()
            for begun in old.ahead:
                if begun.market != market.text_hash:
                    begun.cancel()
        with use_language(language):
            task.now = self._ask("now", market, futures, keys, is_held=is_held)
            if market.text_hash != other.text_hash:
                task.before = self._ask("before", other, futures, keys)
            if ahead is not None:
                self._work_ahead(task, [ahead])
        self._news.set()

    def prepare(self, drafts: Iterable[Draft]) -> None:
        """Work out what may be wished for next, when nothing else is to do; what was begun before is dropped."""
        task = self._task
        if task is not None:
            with use_language(task.language):
                self._work_ahead(task, drafts)

    def close(self) -> None:
        """Drop everything."""
        self._is_closed = True
        with self._lock:
            task, self._task = self._task, None
        self._service.forget(self._owner)
        if task is not None:
            for piece in task.pieces:
                piece.cancel()
        self._news.set()

    def _work_ahead(self, task: _Task, drafts: Iterable[Draft]) -> None:
        keys = needed(task.draft, task.choice)
        for wish in task.ahead:
            wish.cancel()
        task.ahead = [
            self._ask(f"ahead {number}", market, affordable(market, task.choice.futures, len(keys)), keys, _AHEAD)
            for number, market in enumerate(interactive(draft.scenario) for draft in drafts)
        ]

    def _ask(
        self, lane: str, market: Scenario, futures: int, keys: tuple[str, ...], priority: int = 0,
        is_held: bool = False,
    ) -> Wish:  # fmt: skip
        return self._service.ask(
            (self._owner, lane), market, futures=futures, figures=keys, priority=priority, is_held=is_held,
            on_news=lambda _: self._news.set(),
        )  # fmt: skip

    def _work(self) -> None:
        while not self._is_closed:
            self._news.wait()
            self._news.clear()
            task = self._task
            if task is None or task.now is None:
                continue
            try:
                with use_language(task.language):
                    self._step(task)
            except Exception:
                _log.exception("what was worked out could not be shown")
                if task is self._task:
                    with use_language(task.language):
                        self._fail(say("page.failed", reason="–"))

    def _step(self, task: _Task) -> None:
        assert task.now is not None
        for wish in (task.now, task.before):
            if wish is not None and wish.problem and wish.ended.is_set():
                self._fail(say("page.failed", reason=wish.problem))
                return
        now = task.now.ensemble
        before = None if task.before is None else task.before.ensemble
        count = (0 if now is None else len(now.numbers), 0 if before is None else len(before.numbers))
        is_enough = now is not None and (count[0] >= min(FIRST, task.choice.futures))
        if task.before is not None and not task.before.ended.is_set():
            is_enough = False  # the baseline is known, or will be in a moment
        if now is not None and is_enough and count != task.shown:
            view = build(task.draft, task.baseline, now, before, task.choice, self._axes)
            if task is not self._task:
                return
            task.shown, self._axes = count, view.axes
            self.now, self.before = now, before
            self._show(view)
        if now is not None and task.now.ended.is_set() and not task.now.is_cancelled:
            self._try_levers(task, now)

    def _try_levers(self, task: _Task, now: Ensemble) -> None:
        """Move one lever after the other, when nothing else is to do, and show what each one does."""
        if task.is_tornado_shown:
            return
        if task.tried is None:
            keys, tried = (task.choice.outcome,), []
            for place, pull in enumerate(pulls(task.draft)):
                wishes = [
                    self._ask(f"{way} {place}", interactive(draft.scenario), TRIED, keys, _TRYING)
                    for way, draft in (("down", pull.down), ("up", pull.up))
                ]
                task.pieces += wishes
                tried.append((pull, wishes[0], wishes[1]))
                if task is not self._task:
                    for wish in task.pieces:
                        wish.cancel()
                    return
            task.tried = tried
        if not all(wish.ended.is_set() for _, *wishes in task.tried for wish in wishes):
            return
        effects = [
            (pull, down.ensemble, up.ensemble)
            for pull, down, up in task.tried
            if down.ensemble is not None and up.ensemble is not None
        ]
        if task is self._task:
            task.is_tornado_shown = True
            self._show_tornado(tornado_of(task.draft, now.first(TRIED), effects, task.choice))
