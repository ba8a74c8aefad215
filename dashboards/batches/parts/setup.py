"""An experiment before it is run: its story, what it varies, how large it is, what it will cost; and the start."""

from __future__ import annotations

from typing import Any

import solara
from reacton.core import Element

from dashboards.app.safety import safe
from dashboards.batches import orders, service
from dashboards.batches.files import MOST_BYTES, Bundle, Sizes, of_library
from dashboards.batches.parts.hooks import go, use_later
from dashboards.batches.parts.overview import uploaded
from dashboards.batches.parts.shown import Facts, Problems
from dashboards.batches.plan import Plan, cost_text, plan_of
from dashboards.batches.text import say
from dashboards.components.basic import Button, FilePicker, Notice, NumberField, Progress, Select, TextField
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details
from dashboards.components.shown import Column, Table
from experiments.numbers import count
from experiments.text import say as say_experiments

__all__ = ["Setup", "begin"]

_UPLOAD = "upload"
_POWERS = (64, 128, 256, 512, 1024, 2048)


def begin(bundle: Bundle, wish: str, *, runs: int, title: dict[str, str]) -> str:
    """Start an experiment in a folder of its own.

    Returns
    -------
    str
        The name of the folder.
    """
    jobs = service.jobs()
    name = jobs.shelf.fresh(wish)
    file = bundle.write(jobs.shelf.job(name))
    jobs.start(name, orders.spoken(orders.batch(file, jobs.shelf.folder(name), title, runs=runs)))
    return name


@solara.component
def Setup(source: str) -> Element:
    """Draw an experiment of the library, or the one whose files were given."""
    bundle, problem = _bundle(source)
    with Tag("div", classes=["b-stack"]) as main:
        if bundle is None:
            Notice(problem, kind="warning")
        else:
            _Chosen(bundle).key(f"{bundle.main} {hash(tuple(bundle.files.items()))}")
        if source == _UPLOAD:
            _Files(bundle)
    return main


def _bundle(source: str) -> tuple[Bundle | None, str]:
    from sim.problems import InputError

    if source == _UPLOAD:
        return uploaded.value, say("batches.upload.none")
    try:
        return of_library(source), ""
    except InputError as error:
        return None, str(error)


@solara.component
def _Files(bundle: Bundle | None) -> Element:
    def take(name: str, text: str) -> None:
        base = uploaded.value
        uploaded.set(Bundle(name, {}).with_file(name, text) if base is None else base.with_file(name, text))

    with Card(say("batches.upload.files"), say("batches.upload.files_lead")) as main:
        if bundle is not None:
            Text(", ".join(bundle.files), "p")
        FilePicker(say("batches.upload.more"), accept=".toml,.csv", max_bytes=MOST_BYTES, on_file=safe(take))
        if bundle is not None:
            Button(say("batches.upload.clear"), on_click=lambda: uploaded.set(None), kind="quiet")
    return main


@solara.component
def _Chosen(bundle: Bundle) -> Element:
    sizes, set_sizes = solara.use_state(Sizes())

    def read() -> tuple[Plan, int, dict[str, str], Bundle]:
        sized = bundle.resized(sizes)
        made = sized.read()
        names = {"en": made.title.en or made.name, "fr": made.title.fr or made.name}
        return plan_of(made, sized), made.run_count, names, sized

    found = use_later(read, [sizes])
    with Tag("div", classes=["b-stack"]) as main:
        if found.problems:
            Notice(say("batches.setup.problems", count=count(len(found.problems))), kind="error")
            Problems(found.problems)
        if found.value is None:
            if not found.problems:
                Progress(None, say("batches.setup.reading"))
        else:
            plan, runs, title, sized = found.value
            with Tag("div", classes=["u-two"]):
                with Tag("div", classes=["b-stack"]):
                    _Story(plan)
                    _Varied(plan)
                with Tag("div", classes=["b-stack"]):
                    _Start(sized, runs, title, is_ready=found.is_fresh and not found.problems)
                    _Sizes(plan, sizes, set_sizes)
            _Points(plan, sized)
    return main


@solara.component
def _Story(plan: Plan) -> Element:
    with Card() as main:
        Text(plan.title, "h1")
        Text(plan.story, "p", ["b-story"])
        Facts(plan.facts)
    return main


@solara.component
def _Start(bundle: Bundle, runs: int, title: dict[str, str], is_ready: bool) -> Element:
    router = solara.use_router()
    name, set_name = solara.use_state(bundle.name)
    cost = use_later(lambda: service.ESTIMATES.of(bundle), [(bundle.main, *bundle.files.items())])

    def start() -> None:
        go(router, open=begin(bundle, name or bundle.name, runs=runs, title=title))

    with Card(say("batches.setup.run")) as main:
        if cost.value is not None and cost.is_fresh:
            Text(cost_text(cost.value), "p", ["b-cost"])
        else:
            Progress(None, say("batches.setup.measuring"))
        with Tag("div", classes=["b-form"]):
            TextField(say("batches.setup.name"), name, on_value=set_name, max_length=60)
            with Tag("div"):
                Button(
                    say("batches.setup.start"), on_click=safe(start), kind="primary", icon="play", disabled=not is_ready
                )
        Text(say("batches.setup.note"), "p", ["u-note"])
    return main


@solara.component
def _Sizes(plan: Plan, sizes: Sizes, on_sizes: Any) -> Element:
    from dataclasses import replace

    points, replicates, consumers, weeks = plan.sizes

    def change(**given: int) -> None:
        on_sizes(replace(sizes, **given))

    with Card(say("batches.setup.size"), say("batches.setup.size_lead")) as main, Tag("div", classes=["b-form"]):
        if points is not None and plan.kind == "sobol":
            options = [(str(one), count(one)) for one in sorted({*_POWERS, points})]
            Select(say("batches.setup.points"), str(points), options, on_value=lambda given: change(points=int(given)))
        elif points is not None:
            label = "trajectories" if plan.kind == "morris" else "points"
            NumberField(
                say(f"batches.setup.{label}"), points, low=2, high=100_000, step=1,
                on_value=lambda given: change(points=int(given)),
            )  # fmt: skip
        NumberField(
            say("batches.setup.replicates"), replicates, low=1, high=1_000, step=1,
            on_value=lambda given: change(replicates=int(given)),
        )  # fmt: skip
        NumberField(
            say("batches.setup.consumers"), consumers, low=100, high=1_000_000, step=1,
            on_value=lambda given: change(consumers=int(given)),
        )  # fmt: skip
        NumberField(
            say("batches.setup.weeks"), weeks, low=4, high=1_040, step=1,
            on_value=lambda given: change(weeks=int(given)),
        )  # fmt: skip
        if sizes.is_changed:
            with Tag("div"):
                Button(say("batches.setup.as_file"), on_click=lambda: on_sizes(Sizes()), kind="quiet", icon="reset")
    return main


@solara.component
def _Varied(plan: Plan) -> Element:
    names = ("factor", "role", "values", "keys")
    columns = [Column(key, say_experiments(f"answers.batch.column.{key}")) for key in names]
    rows = [dict(zip(("factor", "role", "keys", "values"), row, strict=True)) for row in plan.factors]
    with Card(
        say("batches.setup.varied"), say("batches.setup.varied_lead" if rows else "batches.setup.nothing")
    ) as main:
        if rows:
            Table(columns, rows, caption=say("batches.setup.varied"), page=30, sortable=False)
    return main


@solara.component
def _Points(plan: Plan, bundle: Bundle) -> Element:
    columns = [Column(f"c{at}", name, "text" if at == 1 else "number") for at, name in enumerate(plan.columns)]
    rows = [{f"c{place}": cell for place, cell in enumerate(row)} for row in plan.rows]
    with Tag("div", classes=["b-stack"]) as main:
        if rows:
            with Card(say("batches.setup.first_rows")):
                Table(columns, rows, caption=say("batches.setup.first_rows"), sortable=False)
                if plan.more:
                    Text(say_experiments("batch.more_points", count=count(plan.more)), "p", ["u-note"])
        with Card(), Details(say("batches.setup.file")):
            Tag("pre", classes=["b-text"], children=[bundle.text])
    return main
