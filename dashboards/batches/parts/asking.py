"""Questions to an experiment: what a figure depends on, when it fails, what to choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import solara
from reacton.core import Element

from dashboards.app import session
from dashboards.app.safety import safe
from dashboards.batches import orders, questions, service
from dashboards.batches.figures import figure_title
from dashboards.batches.findings import Overview
from dashboards.batches.jobs import Job
from dashboards.batches.notes import Order
from dashboards.batches.parts.hooks import use_later
from dashboards.batches.parts.overview import JobList
from dashboards.batches.parts.views import FigurePicker, first_figure
from dashboards.batches.questions import Charged, Over, Wanted
from dashboards.batches.text import in_all, say
from dashboards.components.basic import Button, NumberField, Segmented, Select
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from experiments.numbers import PERCENT_UNITS, compact

__all__ = ["Asking"]

_KINDS = ("sensitivity", "discover", "advise")
_RUNS = (600, 1500, 3000)
_CONSUMERS = 1000
_SIDES = ("below", "above")
_NONE = "-"


@solara.component
def Asking(job: Job, overview: Overview, asked: tuple[Job, ...]) -> Element:
    """Draw what can be asked of an experiment, and what was."""
    kind, set_kind = solara.use_state("sensitivity")
    has_levers = any(factor.role == "lever" for factor in overview.factors)
    kinds = [one for one in _KINDS if one != "advise" or has_levers]
    with Tag("div", classes=["b-stack"]) as main:
        if not overview.factors:
            Text(say("batches.ask.no_factors"), "p", ["u-note"])
        else:
            with Card(say("batches.ask.title"), say("batches.ask.lead")):
                Segmented(
                    say("batches.ask.kind"),
                    kind,
                    [(one, say(f"batches.ask.{one}")) for one in kinds],
                    on_value=set_kind,
                )
                Text(say(f"batches.ask.{kind}_lead"), "p", ["u-sub"])
                if kind == "sensitivity":
                    _Sensitivity(job, overview)
                elif kind == "discover":
                    _Discover(job, overview)
                else:
                    _Advise(job, overview)
        if asked:
            Text(say("batches.ask.asked"), "h2", ["u-eyebrow"])
            JobList(asked)
    return main


def _begin(order: Order, name: str) -> None:
    session.told.set(None)
    service.jobs().start(name, orders.spoken(order))


def _fresh(job: Job, kind: str) -> tuple[str, Path]:
    shelf = service.jobs().shelf
    name = shelf.fresh(f"{job.name}-{kind}")
    return name, shelf.folder(name)


@solara.component
def _Over(overview: Overview, figure: str, over: Over, on_over: Callable[[Any], None]) -> Element:
    chosen = overview.figure(figure) or overview.figures[0]
    known = questions.overs_of(overview, chosen)
    return Select(
        say("batches.ask.over"), over if over in known else "end", [(one, say(f"batches.over.{one}")) for one in known],
        on_value=on_over,
    )  # fmt: skip


@solara.component
def _Sensitivity(job: Job, overview: Overview) -> Element:
    wanted, set_wanted = solara.use_state(Wanted(*first_figure(overview)))
    choice = overview.figure(wanted.figure) or overview.figures[0]
    wanted = questions.fitting(wanted, overview, choice)
    source = service.jobs().shelf.folder(job.name)

    def ask() -> None:
        text = questions.figure_text(wanted, is_formula=choice.is_formula)
        questions.check_figure(source, text)
        name, folder = _fresh(job, "sensitivity")
        words = in_all(lambda: say("batches.ask.sensitivity_words", figure=figure_title(choice, wanted.item)))
        _begin(orders.sensitivity(source, folder, job.title, text, asked=words), name)

    with Tag("div", classes=["b-stack"]) as main:
        FigurePicker(overview, wanted.figure, wanted.item, lambda key, item: set_wanted(Wanted(key, item, wanted.over)))
        with Tag("div", classes=["b-form"]):
            _Over(
                overview, wanted.figure, wanted.over, lambda over: set_wanted(Wanted(wanted.figure, wanted.item, over))
            )
            with Tag("div"):
                Button(say("batches.ask.ask"), on_click=safe(ask), kind="primary", disabled=not job.counts.there)
    return main


@solara.component
def _Discover(job: Job, overview: Overview) -> Element:
    wanted, set_wanted = solara.use_state(Wanted(*first_figure(overview)))
    side, set_side = solara.use_state("below")
    limit, set_limit = solara.use_state(cast("float | None", None))
    role, set_role = solara.use_state(_NONE)
    choice = overview.figure(wanted.figure) or overview.figures[0]
    wanted = questions.fitting(wanted, overview, choice)
    source = service.jobs().shelf.folder(job.name)
    scale = 100.0 if choice.unit in PERCENT_UNITS else 1.0
    typical = solara.use_memo(
        lambda: _typical(source, choice.key, wanted.item, scale), [choice.key, wanted.item, job.counts.there > 0]
    )
    value = typical if limit is None else limit

    def choose(key: str, item: str) -> None:
        set_limit(None)
        set_wanted(Wanted(key, item, wanted.over))

    def ask() -> None:
        text = questions.condition_text(wanted, side, value, choice)
        questions.check_figure(source, text, is_condition=True)
        name, folder = _fresh(job, "discover")
        words = in_all(lambda: questions.condition_words(wanted, side, value, choice))
        own = None if role == _NONE else role
        _begin(orders.discover(source, folder, job.title, text, role=own, asked=words), name)

    with Tag("div", classes=["b-stack"]) as main:
        FigurePicker(overview, wanted.figure, wanted.item, choose)
        with Tag("div", classes=["b-form"]):
            _Over(
                overview, wanted.figure, wanted.over, lambda over: set_wanted(Wanted(wanted.figure, wanted.item, over))
            )
            Select(say("batches.ask.side"), side, [(one, say(f"batches.ask.{one}")) for one in _SIDES],
                   on_value=set_side)  # fmt: skip
            label = say("batches.ask.limit_percent") if scale > 1 else say("batches.ask.limit")
            NumberField(label, value, low=None, high=None, on_value=lambda given: set_limit(given)).key(
                f"{choice.key} {wanted.item}"
            )
            roles = [(_NONE, say("batches.ask.any_role")), ("lever", say("batches.ask.levers")),
                     ("uncertainty", say("batches.ask.uncertainties"))]  # fmt: skip
            Select(say("batches.ask.role"), role, roles, on_value=set_role)
            with Tag("div"):
                Button(say("batches.ask.ask"), on_click=safe(ask), kind="primary", disabled=not job.counts.there)
    return main


def _typical(folder: Path, figure: str, item: str, scale: float) -> float:
    """Give a limit to begin with: what a third of the runs stay below."""
    import numpy as np

    from sim.problems import InputError

    try:
        ends = service.READER.ends(folder, figure, item)
    except InputError:
        return 0.0
    known = ends[np.isfinite(ends)]
    return float(f"{scale * float(np.quantile(known, 1 / 3)):.2g}") if len(known) else 0.0


@solara.component
def _Advise(job: Job, overview: Overview) -> Element:
    first, set_first = solara.use_state(Wanted(*first_figure(overview)))
    second, set_second = solara.use_state(_NONE)
    target, set_target = solara.use_state(0.0)
    has_target, set_has_target = solara.use_state(_NONE)
    runs, set_runs = solara.use_state(str(_RUNS[0]))
    over, set_over = solara.use_state(_NONE)
    arm, set_arm = solara.use_state(overview.arms[0])
    spend, set_spend = solara.use_state(cast("float | None", None))
    consumers, set_consumers = solara.use_state(min(_CONSUMERS, overview.consumers))
    choice = overview.figure(first.figure) or overview.figures[0]
    whose = first.item or first_figure(overview)[1]
    others = questions.beside(first, overview, whose)
    charged: Charged | None = use_later(lambda: questions.charged_of(_file_of(job), arm), [job.name, arm]).value
    limit = None if charged is None or spend is None else max(spend, _least(charged))

    def ask() -> None:
        jobs = service.jobs()
        file = _file_of(job)
        objectives = [questions.figure_text(first, is_formula=choice.is_formula)]
        added = overview.figure(second)
        if added is not None:
            item = whose if whose in added.items else ""
            objectives.append(questions.figure_text(Wanted(added.key, item), is_formula=added.is_formula))
        goal = None if has_target == _NONE else questions.condition_text(first, has_target, target, choice)
        own = arm if len(overview.arms) > 1 else None
        draws = None if over == _NONE else over
        questions.check_advise(file, objectives, goal, arm=own, over=draws, runs=int(runs), spend=limit)
        name, folder = _fresh(job, "advise")
        assert jobs.shelf.folder(name) == folder
        words = in_all(lambda: say("batches.ask.advise_words", figure=figure_title(choice, first.item)))
        order = orders.advise(
            file, folder, job.title, objectives, target=goal, arm=own, over=draws, spend=limit, runs=int(runs),
            consumers=consumers, about=job.name, asked=words,
        )  # fmt: skip
        _begin(order, name)

    with Tag("div", classes=["b-stack"]) as main:
        FigurePicker(overview, first.figure, first.item, lambda key, item: set_first(Wanted(key, item)))
        with Tag("div", classes=["b-form"]):
            Select(
                say("batches.ask.second"), second if any(one.key == second for one in others) else _NONE,
                [(_NONE, say("batches.ask.none")), *((one.key, one.name) for one in others)], on_value=set_second,
            )  # fmt: skip
            Select(
                say("batches.ask.target"), has_target,
                [(_NONE, say("batches.ask.no_target")), *((one, say(f"batches.ask.{one}")) for one in _SIDES)],
                on_value=set_has_target,
            )  # fmt: skip
            if has_target != _NONE:
                label = say("batches.ask.limit_percent" if choice.unit in PERCENT_UNITS else "batches.ask.limit")
                NumberField(label, target, low=None, high=None, on_value=set_target)
            if len(overview.arms) > 1:
                Select(say("batches.view.arm"), arm, [(one, one) for one in overview.arms], on_value=set_arm)
            if charged is not None:
                limits = [(_NONE, say("batches.ask.no_spend")), ("most", say("batches.ask.spend_most"))]
                Select(
                    say("batches.ask.spend"), _NONE if limit is None else "most", limits,
                    on_value=lambda one: set_spend(None if one == _NONE else 2 * _least(charged)),
                )  # fmt: skip
                if limit is not None:
                    label = say("batches.ask.spend_week")
                    NumberField(label, limit, low=_least(charged), high=None, on_value=set_spend).key("spend")
            Select(
                say("batches.ask.unknown"), over,
                [(_NONE, say("batches.ask.as_file")), ("defaults", say("batches.ask.over_defaults"))],
                on_value=set_over,
            )  # fmt: skip
            Select(
                say("batches.ask.effort"), runs, [(str(one), say("batches.ask.effort_of", runs=one)) for one in _RUNS],
                on_value=set_runs,
            )  # fmt: skip
            NumberField(
                say("batches.setup.consumers"), consumers, low=100, high=100_000, step=1,
                on_value=lambda value: set_consumers(int(value)),
            )  # fmt: skip
            with Tag("div"):
                Button(say("batches.ask.search"), on_click=safe(ask), kind="primary")
        if charged is not None and limit is not None:
            Text(say("batches.ask.spend_now", money=compact(charged.now)), "p", ["u-note"])
    return main


def _least(charged: Charged) -> float:
    """Give the least that may be spent: what is there is paid, and so is the cheapest that can be chosen."""
    return max(charged.now, charged.least)


def _file_of(job: Job) -> Path:
    """Give the file of an experiment: that it was started from, or the copy in its folder."""
    from experiments.batch.folder import COPY

    shelf = service.jobs().shelf
    order = Order.read(shelf.job(job.name))
    if order is not None and len(order.words) > 1 and Path(order.words[1]).is_file():
        return Path(order.words[1])
    copy = shelf.folder(job.name) / COPY
    if not copy.is_file():
        raise questions.refusal(say("batches.job.no_file", name=job.name))
    return copy
