"""The page of claims and facts: what was measured, with what it rests on. Nothing is run when it is opened."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import solara

from dashboards.app import session
from dashboards.app.background import Report, Work
from dashboards.app.failure import message_of
from dashboards.app.safety import safe
from dashboards.components.basic import Button, Notice, Progress, Segmented, Select, TextField
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details
from dashboards.components.links import Address, Link
from dashboards.components.shown import Column, Plot, Table
from dashboards.evidence import again, claims, drawing, facts
from dashboards.evidence.parts import Claims, Strips, Tally
from dashboards.evidence.text import say
from experiments.claims.words import question_text
from experiments.facts.words import fact_name, outcome_text
from experiments.numbers import count

if TYPE_CHECKING:
    from experiments.claims.findings import ClaimResult
    from experiments.facts.findings import FactFound

__all__ = ["Page", "warm_up"]

STYLE = Path(__file__).with_name("page.css")
TABS = ("claims", "facts")
CURVE_HEIGHT = 270
FILTERS = ("every", "outside", "use_calibrated", "use_validated")

tab: solara.Reactive[str] = solara.reactive("claims")
words: solara.Reactive[str] = solara.reactive("")
verdicts: solara.Reactive[frozenset[str]] = solara.reactive(frozenset())
source: solara.Reactive[str] = solara.reactive("")
chosen: solara.Reactive[str] = solara.reactive("")
measured: solara.Reactive[dict[str, ClaimResult]] = solara.reactive({})
"""Claims that were measured again here, by scenario."""
measuring: solara.Reactive[str] = solara.reactive("")
which_facts: solara.Reactive[str] = solara.reactive("every")
open_curves: solara.Reactive[frozenset[str]] = solara.reactive(frozenset())
measure = Work()


def warm_up() -> None:
    """Read what was measured."""
    claims.claims()
    claims.found("warm")
    facts.facts()


@solara.component
def Page() -> None:
    """Show claims, or facts."""
    router = solara.use_router()

    def arrive() -> None:
        try:
            asked = dict(parse_qsl((router.search or "")[:400], max_num_fields=20))
        except ValueError:
            return
        if asked.get("show") in TABS:
            tab.set(asked["show"])
        if claims.by_name(asked.get("claim", "")) is not None:
            chosen.set(asked["claim"])

    solara.use_effect(arrive, [router.search])
    with Tag("div", classes=["u-body"]):
        solara.Style(STYLE)
        with Tag("header"):
            Text(say("evidence.title"), "h1")
            Text(say("evidence.lead"), "p", ["u-sub", "e-lead"])
        with Tag("div", classes=["u-line"]):
            Segmented(
                say("evidence.which"), tab.value, [(one, say(f"evidence.tab_{one}")) for one in TABS], on_value=tab.set
            )
        if tab.value == "facts":
            _Facts()
            Address("show=facts")
        else:
            _Claims()
            Address(f"claim={chosen.value}" if chosen.value else "")


# --- claims -------------------------------------------------------------------------------------------------


@solara.component
def _Claims() -> None:
    everything = claims.claims().claims
    found = claims.found(words.value, verdicts.value, source.value)
    before = claims.found(words.value, (), source.value)

    @safe
    def flip(verdict: str) -> None:
        verdicts.set(verdicts.value ^ {verdict})

    @safe
    def clear() -> None:
        words.set("")
        verdicts.set(frozenset())
        source.set("")

    with Card():
        Text(claims.summary(), "h2", ["e-big"])
        Tally(claims.tally(before or everything), verdicts.value, on_flip=flip)
        with Tag("div", classes=["e-tools"]):
            TextField(
                say("evidence.claims.search"), words.value, on_value=words.set, live=200,
                placeholder=say("evidence.claims.search_hint"), kind="search",
            )  # fmt: skip
            options = [("", say("evidence.claims.all_sources"))]
            options += [(one, claims.source_name(one)) for one in claims.sources_of(everything)]
            Select(say("evidence.claims.source"), source.value, options, on_value=source.set)
            Text(
                say("evidence.claims.shown", count=count(len(found)), total=count(len(everything))), "span", ["u-note"]
            )
            if len(found) < len(everything):
                Button(say("evidence.claims.clear"), kind="quiet", on_click=clear)
        Text(say("evidence.claims.how"), "p", ["u-note", "e-lead"])
    with Tag("div", classes=["e-two"]):
        with Tag("div"):
            if found:
                Claims([claims.row_of(one) for one in found], chosen.value, on_choose=chosen.set)
            else:
                Notice(say("evidence.claims.nothing"))
        with Tag("div", classes=["e-side", *([] if chosen.value else ["none"])], attributes={"aria-live": "polite"}):
            result = claims.by_name(chosen.value) or (found[0] if found else None)
            if result is not None:
                _Claim(result).key(result.scenario)


@solara.component
def _Claim(result: ClaimResult) -> None:
    place, set_place = solara.use_state(0)
    name = result.scenario
    place = place if place < len(result.questions) else 0
    with Card(classes=["e-detail"]):
        Tag(
            "span",
            classes=["e-verdict", result.verdict],
            children=[f"{claims.verdict_word(result.verdict)} · {say(f'evidence.about.{result.verdict}')}"],
        )
        Text(claims.said(result.claim), "h2", ["e-big"])
        if result.quote:
            Text(say("evidence.claims.quoted", quote=result.quote), "blockquote", ["e-quote"])
        named = ", ".join(claims.source_name(one) for one in claims.split_sources(result.source))
        Text(say("evidence.claims.from", source=named), "p", ["u-note"])
        Text(claims.compared_with(result), "p", ["e-about"])
        with Tag("ul", classes=["e-remarks"]):
            for text in claims.remarks(result):
                Text(text, "li")
        with Tag("div", classes=["u-line", "e-go"]):
            Link(say("evidence.claims.compare"), f"/compare?a=without:{name}&b=library:{name}", kind="primary")
            Link(say("evidence.claims.lab"), f"/?scenario={name}", on_go=lambda: _take_to_the_lab(name))
        Text(say("evidence.claims.evidence"), "h3", ["e-h3"])
        keys, rows = claims.effects_table(result)
        for part in (("figure", "effect", "outcome", "draws"), ("figure", "expected", "levels", "left")):
            columns = [Column(key, say(f"evidence.column.{key}")) for key in part if key in keys]
            Table(columns, rows, caption=say("evidence.claims.evidence"), sortable=False)
        Text(say("evidence.claims.packaged", size=claims.size_text(result)), "p", ["u-note"])
        _Again(result)
    title, note = say("evidence.claims.where"), say("evidence.claims.where_note")
    with Card(title, note):
        if len(result.questions) > 1:
            options = [(str(at), question_text(one)) for at, one in enumerate(result.questions)]
            Select(
                say("evidence.column.figure"), str(place), options, on_value=lambda at: set_place(int(at)),
                hide_label=True,
            )  # fmt: skip
        Plot(
            drawing.forest(result, place), height=drawing.forest_height(result), name="claim-points",
            label=f"{title}: {claims.points_words(result)}",
            picture=claims.picture_of(result, title, note, place),
        )  # fmt: skip
        with Details(say("evidence.claims.points_table")):
            heads, points = claims.points_table(result)
            Table(
                [Column(key, text) for key, text in heads], points, caption=say("evidence.claims.points_table"),
                sortable=False,
            )  # fmt: skip
        if result.over is not None:
            with Details(say("evidence.claims.draws_title")):
                for text in claims.draws_remarks(result):
                    Text(text, "p", ["u-note"])


@safe
def _take_to_the_lab(name: str) -> None:
    """Make a scenario of the library what the Lab works on: it reads its address only once."""
    from dashboards.markets import Draft

    draft = Draft.of(name)
    session.baseline.set(draft)
    session.draft.set(draft)


@solara.component
def _Again(result: ClaimResult) -> None:
    """Let a claim be measured again in a small way."""
    name = result.scenario
    stage = measure.stage.value
    is_mine = measuring.value == name
    size = {"futures": count(again.FUTURES), "consumers": count(again.CONSUMERS)}

    @safe
    def begin() -> None:
        def work(report: Report, stop: threading.Event) -> ClaimResult:
            def on_progress(progress: Any) -> None:
                done, total = progress.replicates_done, progress.replicates_total
                values = {"done": count(done), "total": count(total)}
                report(
                    progress.weeks_done / max(1, progress.weeks_total), say("evidence.claims.again_running", **values)
                )

            return again.measured_again(name, on_progress=on_progress, stop=stop)

        measuring.set(name)
        measure.begin(
            work, lambda found: measured.set({**measured.peek(), name: found}), stopped_by=again.Interrupted,
            message=message_of, text=say("evidence.claims.again_running", done=count(0), total="…"),
        )  # fmt: skip

    with Tag("div", classes=["e-again"]):
        if is_mine and stage.kind == "running":
            Progress(stage.share, stage.text)
            with Tag("div", classes=["u-line"]):
                Button(say("evidence.claims.again_stop"), icon="stop", on_click=measure.stop)
        else:
            with Tag("div", classes=["u-line"]):
                Button(say("evidence.claims.again"), on_click=begin, icon="reset")
                Text(say("evidence.claims.again_note", **size), "span", ["u-note"])
        if is_mine and stage.kind == "failed":
            Notice(stage.text, "error")
        if is_mine and stage.kind == "stopped":
            Text(say("evidence.claims.again_stopped"), "p", ["u-note"])
        found = measured.value.get(name)
        if found is not None and not (is_mine and stage.kind == "running"):
            keys, rows = claims.effects_table(found)
            verdict = claims.outcome_words(found)
            Notice(say("evidence.claims.again_done", verdict=verdict, **size), "good")
            shown = [key for key in ("figure", "effect", "outcome") if key in keys]
            Table(
                [Column(key, say(f"evidence.column.{key}")) for key in shown], rows,
                caption=say("evidence.claims.again_table"), show_caption=True, sortable=False,
            )  # fmt: skip


# --- facts --------------------------------------------------------------------------------------------------


@solara.component
def _Facts() -> None:
    found = facts.facts()
    shown = [fact for fact in found.facts if facts.is_among(fact, which_facts.value)]
    with Card():
        Text(facts.summary(), "h2", ["e-big"])
        Text(say("evidence.facts.how"), "p", ["u-note", "e-lead"])
        with Tag("div", classes=["e-tools"]):
            options = [(one, say(f"evidence.facts.{one}")) for one in FILTERS]
            Segmented(say("evidence.facts.filter"), which_facts.value, options, on_value=which_facts.set)
        with Tag("div", classes=["e-key"], attributes={"aria-hidden": "true"}):
            for key in ("band", "dot", "diamond"):
                text = say(f"evidence.facts.{ {'band': 'band', 'dot': 'model', 'diamond': 'real'}[key] }")
                Tag("span", children=[Tag("i", classes=[f"k-{key}"]), text])
        with Details(say("evidence.facts.legend")):
            Text(say("evidence.facts.legend_text"), "p", ["u-note", "e-lead"])
            Text(facts.size_words(), "p", ["u-note"])
    for fact in shown:
        _Fact(fact).key(fact.key)


@solara.component
def _Fact(fact: FactFound) -> None:
    is_open = fact.key in open_curves.value
    with Card(classes=["e-fact"]):
        with Tag("div", classes=["e-fact-head"]):
            Text(f"{fact.number}. {fact_name(fact.key)}", "h2")
            use = "calibrated" if fact.use == "CAL" else "validated"
            Text(say(f"evidence.facts.{use}"), "span", ["e-tag"])
            kind = "out" if fact.inside is False else "in"
            mark = "✕" if fact.inside is False else "✓"
            Text(f"{mark} {outcome_text(fact.inside)}", "span", ["e-outcome", kind])
        for at, text in enumerate(facts.about(fact)):
            Text(text, "p", ["u-note"] if at == 1 else ["e-about"])
        Strips(facts.strips_of(fact))
        if facts.has_curves(fact):
            Button(
                say("evidence.facts.hide_curves" if is_open else "evidence.facts.curves"), kind="quiet",
                pressed=is_open, on_click=lambda: open_curves.set(open_curves.value ^ {fact.key}),
            )  # fmt: skip
            if is_open:
                Plot(
                    drawing.curves(fact),
                    label=fact_name(fact.key),
                    picture=facts.picture_of(fact),
                    height=CURVE_HEIGHT,
                    name=f"fact-{fact.key}",
                )
