"""The card that follows one firm through time."""

from __future__ import annotations

import solara

from dashboards.app.safety import safe
from dashboards.components.basic import Segmented, Select
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details
from dashboards.components.shown import Column, Table
from dashboards.market.branches import Branch
from dashboards.market.firms import GROUPS, firm_panels, firm_table, levers, notes, strategy_words
from dashboards.market.parts import WeeksView
from dashboards.market.recording import Recording
from dashboards.market.text import say
from sim.text import language

__all__ = ["FirmCard"]

_firm: solara.Reactive[str] = solara.reactive("")
_group: solara.Reactive[str] = solara.reactive("sales")
_MOST_NOTES = 60


@solara.component
def FirmCard(recording: Recording, week: solara.Reactive[int], branch: Branch | None) -> None:
    """Show a firm: its figures, what happened to it, its levers."""
    name = _firm.value if _firm.value in recording.firms else recording.firms[0]
    firm, group, code = recording.firms.index(name), _group.value, language()
    lines = solara.use_memo(lambda: firm_panels(recording, firm, group), [recording, firm, group, code])
    told = solara.use_memo(lambda: notes(recording, firm), [recording, firm, code])
    with Card(say("market.firm.title"), classes=["mk-firm"]):
        with Tag("div", classes=["mk-choose"]):
            Select(say("market.firm.choose"), name, [(one, one) for one in recording.firms], on_value=safe(_firm.set))
            groups = [(key, say(f"market.firm.groups.{key}")) for key in GROUPS]
            Segmented(say("market.firm.group"), group, groups, on_value=safe(_group.set))
        WeeksView(lines, recording, branch, framed=False)
        with Tag("div", classes=["u-two"]):
            with Tag("div"):
                Text(say("market.firm.notes"), "h3")
                Text(say("market.firm.strategy", strategy=strategy_words(recording, firm)), "p", ["u-note"])
                if told:
                    with Tag("ol", classes=["mk-notes"], attributes={"tabindex": "0"}):
                        for note in told[:_MOST_NOTES]:
                            with Tag("li"):
                                Tag("b", children=[str(note.week)])
                                Tag("span", children=[note.text])
                else:
                    Text(say("market.firm.no_notes"), "p", ["u-note"])
            _Levers(recording, firm, week)


@solara.component
def _Levers(recording: Recording, firm: int, week: solara.Reactive[int]) -> None:
    """Show levers and figures of the week at which the player rests."""
    now = min(week.value, recording.weeks)
    found = levers(recording, firm, now)
    moved = [
        {
            "name": one.name,
            "start": one.start,
            "now": one.now,
            "now__tone": "strong" if one.has_moved else "",
        }
        for one in sorted(found, key=lambda lever: not lever.has_moved)
    ]
    with Tag("div"):
        Text(say("market.firm.levers"), "h3")
        columns = [
            Column("name", say("market.firm.lever")),
            Column("start", say("market.firm.start"), "number"),
            Column("now", say("market.firm.now", week=now), "number"),
        ]
        Table(columns, moved, caption=say("market.firm.levers"), page=8, sortable=False)
        with Details(say("market.firm.figures", week=max(now, 1))):
            columns = [Column("name", say("market.firm.figure")), Column("value", say("market.firm.value"), "number")]
            Table(columns, firm_table(recording, firm, now), caption=say("market.firm.figures", week=max(now, 1)))
