"""The Lab: drag a lever, see the futures move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import solara
from reacton.core import Element

from dashboards.app import session
from dashboards.app.safety import safe
from dashboards.charts.picture import Picture
from dashboards.charts.style import LEFT, RIGHT
from dashboards.components.basic import Button, Notice, Segmented, Select
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from dashboards.components.shown import Kpi, KpiCards, Plot
from dashboards.components.vue import vue
from dashboards.futures import CHOICES, CONSUMERS, interactive, service
from dashboards.lab import happenings, linking, state
from dashboards.lab.kpis import choices, figure_name
from dashboards.lab.measure import LEAD
from dashboards.lab.panel import Levers
from dashboards.lab.runner import TRIED, Runner
from dashboards.lab.text import say
from dashboards.lab.view import SHARE_HEIGHT, Choice, View, needed
from dashboards.lab.windows import Windows
from dashboards.markets import DEFAULT, Draft
from experiments.numbers import count
from sim.compiling import is_warm
from sim.text import language

__all__ = ["Page", "warm_up"]

_OUTCOME_HEIGHT = 270


@vue("timeline.vue")
def _Timeline(
    items: list[dict[str, Any]], weeks: int, left: int, right: int, texts: dict[str, str],
    event_move: Callable[[dict[str, int]], None], event_open: Callable[[int], None],
    event_toggle: Callable[[int], None], event_remove: Callable[[int], None],
) -> None: ...  # fmt: skip


@vue("link.vue")
def _Link(
    query: str, label: str, done_label: str, too_long: str, event_undo: Callable[[Any], None],
    event_redo: Callable[[Any], None],
) -> None: ...  # fmt: skip


@vue("sheet.vue")
def _Sheet(label: str, close_label: str) -> None: ...


def warm_up() -> None:
    """Work out what the first page shows: the futures of the first scenario, in processes that stay warm."""
    draft, choice = Draft.of(DEFAULT), Choice()
    service().ask("warm", interactive(draft.scenario), futures=choice.futures, figures=needed(draft, choice))


def _changes(draft: Draft) -> str:
    """Say how much of a market was changed; nothing if nothing was."""
    changes = len(draft.changed_keys)
    if not changes:
        return ""
    return say("page.change_one") if changes == 1 else say("page.changes", count=count(changes))


def _named(draft: Draft) -> str:
    """Name a market, and say how much of it was changed."""
    title, changes = draft.title_in(language()), _changes(draft)
    return say("picture.of", title=title, changes=changes) if changes else title


def _picture(title: str, note: str, futures: int, draft: Draft, *, against: Draft | None = None) -> Picture:
    """Say what a chart shows of a market: which one, against which baseline, of how many futures."""
    consumers = min(CONSUMERS, draft.scenario.population.size)
    size = say("picture.size", futures=count(futures), consumers=count(consumers), weeks=count(draft.horizon))
    baseline = "" if against is None or against == draft else say("picture.against", title=_named(against))
    return Picture(title, _named(draft), [baseline, size, note])


def _picture_of_view(view: View | None, title: str, note: str, figure: str) -> Picture:
    title = f"{title} – {figure}"
    if view is None:
        return Picture(title, "")
    return _picture(title, note, view.done, view.draft, against=session.baseline.value)


@solara.component
def _Bar() -> Element:
    draft, steps, baseline = session.draft.value, state.history.value, session.baseline.value
    said = _changes(draft) or (say("page.unchanged") if draft.source else say("page.from_file"))
    with Tag("div", classes=["l-bar"], attributes={"role": "toolbar", "aria-label": say("page.scenario")}) as main:
        Tag("div", classes=["l-name"], children=[Tag("b", children=[draft.title_in(language())]), f" · {said}"])
        Button(say("page.undo"), on_click=safe(state.undo), icon="undo", disabled=not steps.can_undo, hide_label=True)
        Button(say("page.redo"), on_click=safe(state.redo), icon="redo", disabled=not steps.can_redo, hide_label=True)
        Button(
            say("page.reset"), on_click=safe(state.reset), icon="reset", title=say("page.reset_title"),
            disabled=not draft.is_changed and not draft.title, hide_label=True,
        )  # fmt: skip
        Button(
            say("page.set_baseline"), on_click=safe(state.set_baseline), icon="flag",
            title=say("page.set_baseline_title"), disabled=draft == baseline,
        )  # fmt: skip
        _Link(
            query=linking.query_of(draft, baseline, state.choice.value), label=say("page.link"),
            done_label=say("page.link_done"), too_long=say("page.link_long"), event_undo=lambda *_: safe(state.undo)(),
            event_redo=lambda *_: safe(state.redo)(),
        )  # fmt: skip
        Button(
            say("page.open"), on_click=lambda: state.opened.set("open"), icon="upload", title=say("page.open_file"),
        )  # fmt: skip
        Button(say("page.save"), on_click=lambda: state.opened.set("save"), icon="save", title=say("save.title"))
        Button(
            say("page.export"), on_click=lambda: state.opened.set("export"), icon="download", kind="primary",
            title=say("page.export"),
        )  # fmt: skip
    return main


@solara.component
def _Head() -> Element:
    view, problem = state.view.value, state.problem.value
    with Tag("div", classes=["l-head"]) as main:
        with Tag("div", attributes={"aria-live": "polite"}):
            if problem:
                Notice(problem, "error")
            if view is None:
                Text(session.draft.value.title_in(language()), "h1")
                said = say("headline.working" if is_warm() else "headline.compiling")
            else:
                solara.HTML(tag="h1", unsafe_innerHTML=view.sentence)
                so_far = say("headline.so_far", count=count(view.done), futures=count(view.wished))
                said = " ".join(view.support) if view.is_whole else so_far
            with Tag("div", classes=["l-support"]):
                Text(said)
        _Wishes()
    return main


@solara.component
def _Wishes() -> Element:
    """Put how many futures are wanted, and which figures of them."""
    with Tag("div", classes=["l-wishes"]) as main:
        Tag("span", children=[say("page.futures")], attributes={"aria-hidden": "true"})
        Segmented(
            say("page.futures"), str(state.choice.value.futures), [(str(n), str(n)) for n in CHOICES],
            on_value=safe(lambda given: state.choose(futures=int(given))),
        )  # fmt: skip
        Button(
            say("kpi.choose"), on_click=lambda: state.opened.set("figures"), kind="quiet", icon="edit",
            hide_label=True,
        )  # fmt: skip
    return main


def _is_stale() -> bool:
    view = state.view.value
    return view is None or view.draft != session.draft.value or not view.is_whole


@solara.component
def _Cards() -> Element:
    view = state.view.value
    cards = [Kpi(label=figure_name(key), value="…") for key in state.choice.value.cards]
    if view is not None:
        cards = [Kpi(**vars(card)) for card in view.cards]
    return KpiCards(cards, stale=_is_stale())


_NOTHING = '{"data":[],"layout":{"xaxis":{"visible":false},"yaxis":{"visible":false}}}'


@solara.component
def _Shares() -> Element:
    draft, view = session.draft.value, state.view.value
    title, sub = (say("share.title_same"), "") if view is None else (view.share_title, view.share_sub)
    with Card(classes=["l-shares"]) as main:
        with Tag("div", classes=["l-chart-head"]):
            with Tag("div"):
                Text(title, "h2")
                Text(sub, "p", ["u-sub"])
            Button(say("timeline.add"), on_click=lambda: state.opened.set("add"), icon="plus")
        Plot(
            _NOTHING if view is None else view.share_figure,
            label=say("headline.working") if view is None else view.share_label,
            picture=_picture_of_view(view, title, sub, figure_name("share")),
            height=SHARE_HEIGHT, name="share", stale=_is_stale(),
        )  # fmt: skip
        _Events(draft)
    return main


@solara.component
def _Events(draft: Draft) -> Element:
    def place_of(given: Any) -> int:
        place = int(given)
        if not 0 <= place < len(session.draft.peek().happenings):
            raise IndexError(place)
        return place

    def move(given: dict[str, int]) -> None:
        place = place_of(given["id"])
        state.go(session.draft.peek().moved(place, int(given["week"])), f"week {place}")

    def toggle(given: int) -> None:
        now, place = session.draft.peek(), place_of(given)
        state.go(now.switched(place, not now.happenings[place].is_on))

    def open_it(given: int) -> None:
        state.opened.set(f"edit {place_of(given)}")

    def remove(given: int) -> None:
        state.go(session.draft.peek().without(place_of(given)))

    items = [
        {
            "id": place, "week": one.week, "text": happenings.short(one), "on": one.is_on,
            "full": happenings.words(one), "yours": one.table == "schedule" and one.firm == draft.you,
            "label": say("timeline.marker", week="{week}", words=happenings.words(one)),
        }
        for place, one in enumerate(draft.happenings)
        if one.week <= draft.horizon
    ]  # fmt: skip
    return _Timeline(
        items=items, weeks=draft.horizon, left=LEFT, right=RIGHT,
        texts={"title": say("timeline.title"), "hint": say("timeline.hint"), "empty": say("timeline.empty"),
               "off": say("timeline.off"), "week": say("timeline.week", week="{week}")},
        event_move=safe(move),
        event_open=safe(open_it),
        event_toggle=safe(toggle),
        event_remove=safe(remove),
    )  # fmt: skip


@solara.component
def _Tornado() -> Element:
    drawn, chosen = state.tornado.value, state.choice.value
    title = say("tornado.title", figure=figure_name(chosen.outcome))
    is_stale = drawn is None or drawn.draft != session.draft.value
    sub = say("tornado.working") if is_stale else say("tornado.sub", futures=count(drawn.futures if drawn else TRIED))
    with Card(title, sub, classes=["l-waiting"] if is_stale else []) as main:
        Plot(
            _NOTHING if drawn is None else drawn.figure,
            label=say("tornado.working") if drawn is None else drawn.label,
            picture=Picture(title, "") if drawn is None else _picture(title, sub, drawn.futures, drawn.draft),
            height=_OUTCOME_HEIGHT if drawn is None else max(200, drawn.height),
            name="tornado",
        )
    return main


@solara.component
def _OutcomeFigure() -> Element:
    return Select(
        say("kpi.choose"), state.choice.value.outcome, [one for one in choices() if one[0] != LEAD], hide_label=True,
        on_value=safe(lambda key: state.choose(outcome=key)),
    )  # fmt: skip


@solara.component
def _Outcomes() -> Element:
    view = state.view.value
    title, sub = say("outcomes.title"), "" if view is None else view.outcome_sub
    with Card() as main:
        with Tag("div", classes=["l-chart-head"]):
            with Tag("div"):
                Text(title, "h2")
                Text(sub, "p", ["u-sub"])
            _OutcomeFigure()
        Plot(
            _NOTHING if view is None else view.outcome_figure,
            label=say("headline.working") if view is None else view.outcome_label,
            picture=_picture_of_view(view, title, sub, figure_name(state.choice.value.outcome)),
            height=_OUTCOME_HEIGHT, name="outcomes", stale=_is_stale(),
        )  # fmt: skip
    return main


def _use_runner() -> None:
    """Have futures worked out as long as the page is there."""

    def begin() -> Callable[[], None]:
        def at_once(change: Callable[[Any], None]) -> Callable[[Any], None]:
            def changed(value: Any) -> None:
                with session.together():
                    change(value)

            return changed

        changes = (at_once(one.set) for one in (state.view, state.tornado, state.problem))
        worker = Runner(service(), uuid4().hex, *changes)
        state.runner.set(worker)
        state.want()

        def end() -> None:
            worker.close()
            state.runner.set(None)

        return end

    solara.use_effect(begin, [])


@solara.component
def _Follow() -> Element:
    """Follow what other pages do with the draft, and the language; this draws nothing."""
    draft, baseline, code = session.draft.value, session.baseline.value, language()

    def follow() -> None:
        if state.history.peek().present != session.draft.peek():
            state.history.set(state.history.peek().go(session.draft.peek()))
        state.want()

    solara.use_effect(follow, [draft, baseline, code])
    return Tag("span")


@solara.component
def Page() -> Element:
    """Put the Lab."""
    state.begin(solara.use_router().search)
    _use_runner()
    with Tag("div", classes=["l-root"]) as main:
        Levers()
        with Tag("div", classes=["l-main"]):
            _Bar()
            _Head()
            _Cards()
            _Shares()
            with Tag("div", classes=["u-two"]):
                _Tornado()
                _Outcomes()
        Windows()
        _Sheet(label=say("levers.open"), close_label=say("levers.close"))
        _Follow()
    return main
