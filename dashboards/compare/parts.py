"""What several parts of the page draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reacton.core import Element

from dashboards.app.background import Report, Work
from dashboards.compare.text import say
from dashboards.components.basic import Button, Progress
from dashboards.components.html import Tag
from experiments.numbers import count

if TYPE_CHECKING:
    from experiments.batch.runner import Done

__all__ = ["Running", "reported"]


def reported(report: Report) -> Callable[[Done], None]:
    """Give what tells a page how many runs are done."""

    def tell(done: Done) -> None:
        said = say("compare.running", done=count(done.runs), total=count(done.total))
        report(done.runs / max(1, done.total), said)

    return tell


def Running(work: Work) -> Element:
    """Put how far work in the background is, and a button that stops it."""
    stage = work.stage.value
    with Tag("div", classes=["c-running"]) as main:
        Progress(stage.share, stage.text)
        Button(say("compare.cancel"), icon="stop", on_click=work.stop)
    return main
