"""The engine's service: ensembles of futures for all who look, on processes that stay warm.

Somebody wishes for a market; its replicates are dealt out one by one to the processes, in turn over all sessions, so
that ten at once each get their share. In one lane of a session the newest wish wins. While a slider is held, a wish may
go on to its first futures, which are shown, so that something moves under the hand; when it is let go, what is under
way is stopped at once. What was worked out is kept by the market's hash; replicate r of one market and replicate r of
another meet the same luck, so results are compared in pairs.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboards.ensemble import Ensemble, Values

if TYPE_CHECKING:
    from experiments.pool import Job, Pool
    from experiments.replicate import Run
    from sim.scenario import Scenario

__all__ = [
    "CHOICES",
    "CONSUMERS",
    "FIRST",
    "Ensemble",
    "Service",
    "Wish",
    "affordable",
    "interactive",
    "service",
]

CONSUMERS = 5_000
"""Consumers simulated while somebody waits; a larger population is cut to so many, who stand for as many people."""
CHOICES = (4, 16, 64)
"""Numbers of futures to choose from."""
FIRST = 4
"""Futures after which a wish shows what it has so far: while a lever is held, or where the rest takes long."""
_PATIENCE = 0.15  # seconds that a newer wish waits for the first futures of the one under way
_LONG = 1.0  # seconds; what is whole sooner is drawn once: drawing takes a tenth of a second of the same processors
_DRAWING = 0.25  # seconds for which nobody's futures are worked out ahead, so that what has just ended can be drawn
_PAGE_BYTES = 60_000_000
_CACHE_BYTES = 96_000_000
_CACHE_MARKETS = 200


def interactive(scenario: Scenario) -> Scenario:
    """Give a market at the size that answers at once: `CONSUMERS` at most."""
    if scenario.population.size <= CONSUMERS:
        return scenario
    from sim.scenario import changed

    return changed(scenario, {"population.size": CONSUMERS})


def affordable(scenario: Scenario, futures: int, figures: int) -> int:
    """Give how many futures of a market can be held for one page: all, but of a market of extraordinary length."""
    items = len(scenario.firms) + len(scenario.sectors)
    return min(futures, max(FIRST, _PAGE_BYTES // (4 * scenario.horizon * items * max(1, figures))))


class Wish:
    """One ensemble that somebody asked for: wait for it, watch it, or drop it."""

    def __init__(
        self, owner: Hashable, scenario: Scenario, futures: int, figures: tuple[str, ...], priority: int,
        on_news: Callable[[Wish], None] | None, is_held: bool = False,
    ) -> None:  # fmt: skip
        self.owner = owner
        self.scenario = scenario
        self.market = scenario.text_hash
        self.futures = futures
        self.figures = figures
        self.priority = priority
        self.is_held = is_held
        self.made = time.monotonic()
        self.stop = threading.Event()
        self.ended = threading.Event()
        self.problem = ""
        self.done: dict[int, Values] = {}
        self.items: Mapping[str, tuple[str, ...]] = {}
        self._on_news = on_news
        self._context = contextvars.copy_context()
        self._left: list[int] = []
        self._running = 0
        self._job: Job | None = None
        self._lock = threading.Lock()
        self._ensemble: Ensemble | None = None

    @property
    def progress(self) -> float:
        """How much of it is done, 0 to 1."""
        return 1.0 if self.ended.is_set() else len(self.done) / self.futures

    @property
    def is_cancelled(self) -> bool:
        """Whether it was dropped."""
        return self.stop.is_set()

    @property
    def ensemble(self) -> Ensemble | None:
        """The futures there are so far; None before the first."""
        import numpy as np

        with self._lock:
            numbers = tuple(sorted(self.done))
            if not numbers:
                return None
            if self._ensemble is None or self._ensemble.numbers != numbers:
                figures = {key: np.stack([self.done[number][key] for number in numbers]) for key in self.figures}
                self._ensemble = Ensemble(self.scenario, numbers, figures, self.items, self.futures)
            return self._ensemble

    def wait(self, seconds: float | None = None) -> Ensemble | None:
        """Wait until it has ended; give its futures, None if it failed, was dropped or takes longer."""
        if not self.ended.wait(seconds) or self.is_cancelled or self.problem:
            return None
        return self.ensemble

    def cancel(self) -> None:
        """Drop it: processes stop with the week under way."""
        self.stop.set()
        self.ended.set()
        if self._job is not None:
            self._job.ask_to_stop()

    @property
    def _takes_long(self) -> bool:
        """Whether what is left will take so long that what there is should be shown."""
        spent = time.monotonic() - self.made
        return spent * (self.futures / max(1, len(self.done)) - 1) > _LONG

    def _go_on_for(self, other: Wish) -> None:
        """Go on in place of another wish for the same, for which somebody waits."""
        self.owner, self.priority, self.is_held = other.owner, other.priority, other.is_held
        self._on_news, self._context = other._on_news, other._context

    def _tell(self) -> None:
        if self._on_news is not None and not self.is_cancelled:
            self._on_news(self)

    def _run(self, pool: Pool, number: int) -> Run:
        from experiments.pool import Job

        with self._lock:
            if self._job is None:
                self._job = Job(self.scenario, self.figures, self.stop)
        return pool.run(number, self._job, lambda _: None)


@dataclass
class _Lane:
    """What one lane of a session wishes for: the wish under way, and the newest one that waits for its turn."""

    current: Wish | None = None
    waiting: Wish | None = None
    served: int = 0


class Service:
    """Deals replicates out to processes.

    Parameters
    ----------
    pool
        The processes; None: those that all of this process share.
    """

    def __init__(self, pool: Pool | None = None) -> None:
        self._pool = pool
        self._lanes: dict[Hashable, _Lane] = {}
        self._cache: OrderedDict[str, tuple[dict[int, Values], Mapping[str, tuple[str, ...]], int]] = OrderedDict()
        self._bytes = 0
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._turn = 0
        self._quiet_until = 0.0
        self._warming = threading.Lock()
        self._is_closed = False

    def start(self) -> None:
        """Start the processes, without waiting until they are ready."""
        from experiments.pool import shared_pool

        with self._changed:
            if self._threads or self._is_closed:
                return
            pool = self._pool = self._pool or shared_pool()
            pool.start()
            names = (f"futures-{i}" for i in range(pool.processes))
            self._threads = [threading.Thread(target=self._serve, name=name, daemon=True) for name in names]
            for thread in self._threads:
                thread.start()

    def close(self) -> None:
        """Drop all wishes and end the threads; the processes belong to the pool."""
        with self._changed:
            self._is_closed = True
            wishes = [wish for lane in self._lanes.values() for wish in (lane.current, lane.waiting) if wish]
            self._lanes.clear()
            self._changed.notify_all()
        for wish in wishes:
            wish.cancel()
        for thread in self._threads:
            thread.join(5.0)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody is waiting for futures now; who has time lets them go first."""
        with self._changed:
            wishes = [lane.waiting or lane.current for lane in self._lanes.values()]
            return any(one is not None and one.priority == 0 and one._left and not one.ended.is_set() for one in wishes)

    def ask(
        self,
        owner: Hashable,
        scenario: Scenario,
        *,
        futures: int = 16,
        figures: Iterable[str] = ("share",),
        priority: int = 0,
        on_news: Callable[[Wish], None] | None = None,
        is_held: bool = False,
    ) -> Wish:
        """Wish for an ensemble.

        Parameters
        ----------
        owner
            Whose wish it is, such as (session, "main"): a newer wish of the same owner takes its place.
        scenario
            The market, as `interactive` gives it.
        futures
            How many.
        figures
            The key figures to bring back.
        priority
            0 for what somebody waits for; what has a higher number is done when nothing else is to do.
        on_news
            Called, in a thread of the service, after the first futures if the rest takes long, and at the end, whether
            it went well or not. It must be quick: pass the word on.
        is_held
            Whether the lever is held, and more wishes may come: first futures are told in any case, and those of the
            wish under way before.
        """
        self.start()
        wish = Wish(owner, scenario, futures, tuple(dict.fromkeys(figures)), priority, on_news, is_held)
        with self._changed:
            lane = self._lanes.setdefault(owner, _Lane())
            current = lane.current
            if current is not None and _same(current, wish) and not current.is_cancelled and lane.waiting is None:
                wish_under_way = current
                if not current.ended.is_set():
                    current._on_news = on_news or current._on_news
                    return wish_under_way
            ahead = self._worked_ahead(owner, wish)
            if ahead is None:
                self._take_from_cache(wish)
            else:
                ahead._go_on_for(wish)
                wish = ahead
            if lane.waiting is not None:
                lane.waiting.cancel()
                lane.waiting = None
            if not wish._left or current is None or not is_held or not self._keeps(current):
                lane.current = wish
                dropped = current
            else:
                lane.waiting, dropped = wish, None
            self._changed.notify_all()
        if dropped is not None and not dropped.ended.is_set():
            dropped.cancel()
        if not wish._left and not wish._running:
            self._end(wish)
        return wish

    def peek(self, scenario: Scenario, *, futures: int, figures: Iterable[str]) -> Ensemble | None:
        """Give an ensemble if it is known already, None otherwise."""
        wish = Wish("", scenario, futures, tuple(dict.fromkeys(figures)), 0, None)
        with self._changed:
            self._take_from_cache(wish)
        return None if wish._left else wish.ensemble

    def forget(self, session: Hashable) -> None:
        """Drop all wishes of a session: those whose owner is it, or begins with it."""
        with self._changed:
            owners = [
                owner
                for owner in self._lanes
                if owner == session or (isinstance(owner, tuple) and owner and owner[0] == session)
            ]
            lanes = [self._lanes.pop(owner) for owner in owners]
        for lane in lanes:
            for wish in (lane.current, lane.waiting):
                if wish is not None and not wish.ended.is_set():
                    wish.cancel()

    # --- inside -------------------------------------------------------------------------------------------

    def _worked_ahead(self, owner: Hashable, wish: Wish) -> Wish | None:
        """Take from another lane of the same session what was begun there, when nobody waited for it yet."""
        for other, lane in self._lanes.items():
            if other == owner or not isinstance(other, tuple) or not isinstance(owner, tuple) or other[0] != owner[0]:
                continue
            begun = lane.current
            if begun is not None and _same(begun, wish) and not begun.ended.is_set() and wish.priority < begun.priority:
                lane.current = None
                return begun
        return None

    def _keeps(self, current: Wish) -> bool:
        """Tell whether a wish under way may go on to its first futures, although a newer one has come."""
        is_young = time.monotonic() - current.made < _PATIENCE
        return not current.ended.is_set() and len(current.done) < min(FIRST, current.futures) and is_young

    def _serve(self) -> None:
        while True:
            with self._changed:
                found = self._pick()
                while found is None and not self._is_closed:
                    is_waiting = time.monotonic() < self._quiet_until or any(x.waiting for x in self._lanes.values())
                    self._changed.wait(0.05 if is_waiting else None)
                    found = self._pick()
                if self._is_closed:
                    return
            assert found is not None
            self._work(*found)

    def _pick(self) -> tuple[Wish, int] | None:
        """Choose the next replicate: of the most urgent wishes the one whose lane was served longest ago."""
        best: _Lane | None = None
        is_quiet = time.monotonic() < self._quiet_until
        for lane in self._lanes.values():
            self._promote(lane)
            wish = lane.current
            if wish is None or wish.ended.is_set() or not wish._left or (is_quiet and wish.priority > 0):
                continue
            if lane.waiting is not None and wish._left[0] >= FIRST:
                continue
            if best is None or (wish.priority, lane.served) < (best.current.priority, best.served):  # type: ignore[union-attr]
                best = lane
        if best is None or best.current is None:
            return None
        self._turn += 1
        best.served = self._turn
        best.current._running += 1
        return best.current, best.current._left.pop(0)

    def _promote(self, lane: _Lane) -> None:
        """Let the newest wish of a lane begin, if the one under way has shown its first futures or takes too long."""
        if lane.waiting is None or (lane.current is not None and self._keeps(lane.current)):
            return
        old, lane.current, lane.waiting = lane.current, lane.waiting, None
        if old is not None and not old.ended.is_set():
            threading.Thread(target=old.cancel, daemon=True).start()

    def _work(self, wish: Wish, number: int) -> None:
        assert self._pool is not None
        try:
            with self._warming:  # code that was never compiled is compiled once, here
                self._pool.warm_up(wish.scenario)
            run = wish._context.copy().run(wish._run, self._pool, number)
        except Exception as error:  # whatever it was, the service must go on
            from experiments.replicate import Run, one_line

            run = Run(number, "failed", 0.0, error=one_line(error))
        with self._changed:
            wish._running -= 1
            if wish.is_cancelled:
                return
            if run.status == "done" and run.record is not None:
                self._keep(wish, number, run)
            else:
                wish.problem = wish.problem or run.error
            is_over = not wish._left and wish._running == 0
            if is_over and wish.priority == 0:
                self._quiet_until = time.monotonic() + _DRAWING
            is_first = len(wish.done) == min(FIRST, wish.futures) and (wish.is_held or wish._takes_long)
        if is_over:
            self._end(wish)
        elif is_first:
            wish._tell()

    def _end(self, wish: Wish) -> None:
        if wish.done:
            wish.problem = ""  # some failed, the others count
        wish.ended.set()
        wish._tell()

    def _keep(self, wish: Wish, number: int, run: Run) -> None:
        """Take the figures out of a record, and keep them."""
        import numpy as np

        assert run.record is not None
        values: dict[str, Any] = {}
        for key in wish.figures:
            series = run.record[key]
            values[key] = np.ascontiguousarray(series.reshape(len(series), -1), dtype=np.float32)
        wish.items = run.record.items
        with wish._lock:
            wish.done[number] = values
        kept, items, size = self._cache.pop(wish.market, ({}, wish.items, 0))
        old = dict(kept.get(number, {}))
        added = sum(array.nbytes for key, array in values.items() if key not in old)
        kept[number] = old | values
        self._cache[wish.market] = (kept, items, size + added)
        self._bytes += added
        while len(self._cache) > 1 and (self._bytes > _CACHE_BYTES or len(self._cache) > _CACHE_MARKETS):
            _, (_, _, size) = self._cache.popitem(last=False)
            self._bytes -= size

    def _take_from_cache(self, wish: Wish) -> None:
        """Give a wish what is known of its market, and note which replicates it still needs."""
        kept: dict[int, Values] = {}
        if wish.market in self._cache:
            self._cache.move_to_end(wish.market)
            kept, wish.items, _ = self._cache[wish.market]
        for number in range(wish.futures):
            values = kept.get(number, {})
            if all(key in values for key in wish.figures):
                wish.done[number] = {key: values[key] for key in wish.figures}
        wish._left = [number for number in range(wish.futures) if number not in wish.done]


def _same(one: Wish, other: Wish) -> bool:
    return (one.market, one.futures) == (other.market, other.futures) and set(other.figures) <= set(one.figures)


_service: Service | None = None
_making = threading.Lock()


def service() -> Service:
    """Give the service that all sessions of this process share."""
    global _service
    with _making:
        if _service is None or _service._is_closed:
            _service = Service()
        return _service
