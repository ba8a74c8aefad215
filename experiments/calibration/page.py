"""The report of a calibration: one HTML file that loads nothing, in the language of the context."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.calibration.words import (
    interval_text,
    learnt_text,
    legend,
    remarks,
    status_text,
    verdict_text,
    wanted_text,
)
from experiments.numbers import count, decimal, percent, plain_number
from experiments.text import say
from experiments.versions import own_version
from sim.text import language

if TYPE_CHECKING:
    from markupsafe import Markup

    from experiments.calibration.findings import Calibration, ParameterFound, TargetFound

__all__ = ["render"]

ASSETS = Path(__file__).parent / "assets"
_WIDE, _HIGH = 160, 34
_SIZE = f'viewBox="0 0 {_WIDE} {_HIGH}" width="{_WIDE}" height="{_HIGH}"'
_ROOM = 0.15  # of a drawing's width, left free on either side


def render(found: Calibration) -> str:
    """Fill the page."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("calibration.html.j2").render(
        found=found,
        language=language(),
        say=say,
        title=say("calibrate.title", scenario=found.scenario),
        lead=say(
            "calibrate.page.lead", runs=count(found.runs), consumers=count(found.consumers), weeks=count(found.weeks),
            seed=found.seed,
        ),
        verdict=verdict_text(found),
        parameters=[_parameter_row(one) for one in found.parameters],
        targets=[_target_row(one) for one in found.targets],
        remarks=remarks(found),
        legend=legend(found),
        best=[(name, plain_number(value)) for name, value in found.best.items()],
        version=own_version(),
    )  # fmt: skip


def _parameter_row(one: ParameterFound) -> dict[str, object]:
    return {
        "name": one.name,
        "keys": one.keys,
        "cells": [
            plain_number(one.median),
            interval_text(one.low, one.high),
            interval_text(one.prior_low, one.prior_high),
            learnt_text(one),
        ],
        "drawing": _bars(one.histogram),
        "dim": not one.identified,
    }


def _target_row(one: TargetFound) -> dict[str, object]:
    return {
        "name": one.name,
        "label": one.label,
        "cells": [
            wanted_text(one),
            plain_number(one.reached),
            interval_text(one.reached_low, one.reached_high),
            decimal(one.distance, 1),
            plain_number(one.best),
            percent(one.emulator.explained, 0),
            status_text(one),
        ],
        "drawing": _range(one),
        "status": one.status,
    }


def _bars(shares: list[float]) -> Markup:
    """Draw a histogram."""
    from markupsafe import Markup

    most, width = max([*shares, 1e-9]), _WIDE / len(shares)
    bars = "".join(
        f'<rect x="{place * width:.1f}" y="{_HIGH - _HIGH * share / most:.1f}" width="{width - 1:.1f}"'
        f' height="{_HIGH * share / most:.1f}"/>'
        for place, share in enumerate(shares)
    )
    return Markup(
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" width="{_WIDE}" height="{_HIGH}" aria-hidden="true">{bars}</svg>'
    )


def _range(one: TargetFound) -> Markup:
    """Draw what is wanted and what is reached on one scale."""
    from markupsafe import Markup

    low, high = one.wanted_low - 2 * one.sd, one.wanted_high + 2 * one.sd
    ends = [value for value in (low, high, one.reached_low, one.reached_high) if value - value == 0]
    least, most = min(ends), max(ends)
    scale = _WIDE * (1 - 2 * _ROOM) / (most - least) if most > least else 0.0

    def across(value: float) -> float:
        return _WIDE * _ROOM + scale * (value - least)

    middle = _HIGH / 2
    shade = (
        f'<rect class="wanted" x="{across(low):.1f}" y="4" width="{max(across(high) - across(low), 1.5):.1f}"'
        f' height="{_HIGH - 8}"/>'
    )
    dot = ""
    if one.reached - one.reached == 0:
        first, last = across(one.reached_low), across(one.reached_high)
        dot = (
            f'<line x1="{first:.1f}" x2="{last:.1f}" y1="{middle}" y2="{middle}"/>'
            f'<circle cx="{across(one.reached):.1f}" cy="{middle}" r="4"/>'
        )
    return Markup(f'<svg {_SIZE} aria-hidden="true">{shade}{dot}</svg>')
