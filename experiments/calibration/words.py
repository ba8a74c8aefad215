"""What a calibration has found in words, in the language of the context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.calibration.findings import IDENTIFIED
from experiments.numbers import count, decimal, percent, plain_number
from experiments.text import say

if TYPE_CHECKING:
    from experiments.calibration.findings import Calibration, ParameterFound, TargetFound

__all__ = ["interval_text", "legend", "remarks", "status_text", "verdict_text", "wanted_text"]


def interval_text(low: float, high: float) -> str:
    """Give a range."""
    return say("calibrate.interval", low=plain_number(low), high=plain_number(high))


def wanted_text(target: TargetFound) -> str:
    """Give what is wanted: a value with its error, or a band."""
    if target.wanted_low < target.wanted_high:
        return say("calibrate.both", low=plain_number(target.wanted_low), high=plain_number(target.wanted_high))
    return say("calibrate.value_sd", value=plain_number(target.wanted_low), sd=plain_number(target.sd))


def status_text(target: TargetFound) -> str:
    """Say whether a target is met."""
    return say(f"calibrate.status.{target.status}")


def learnt_text(parameter: ParameterFound) -> str:
    """Give how much of the prior's spread the targets took away."""
    return percent(max(0.0, parameter.shrinkage), 0)


def verdict_text(found: Calibration) -> str:
    """Say how many targets are met."""
    met = sum(target.status == "met" for target in found.targets)
    if met == len(found.targets):
        return say("calibrate.all_met", total=met)
    return say("calibrate.counts", met=met, total=len(found.targets))


def remarks(found: Calibration) -> list[str]:
    """Say what cannot be met, what is not identified, and what is not to be trusted."""
    said = []
    for target in found.targets:
        if target.status != "met":
            values = {"nearest": decimal(target.nearest, 1), "distance": decimal(target.distance, 1)}
            values |= {"best": plain_number(target.best), "sd": plain_number(target.counted_sd)}
            text = say(f"calibrate.{target.status}", name=target.name, **values)
            said.append(text)
    if any(target.status == "conflict" for target in found.targets):
        said.append(say("calibrate.strained"))
    vague = [one.name for one in found.parameters if not one.identified]
    if vague:
        said.append(say("calibrate.not_identified", names=", ".join(vague)))
    for pair in found.pairs:
        words = {"first": pair.first, "second": pair.second}
        said.append(say("calibrate.pair", correlation=decimal(pair.correlation, 2), **words))
    for target in found.targets:
        if target.emulator.poor:
            said.append(say("calibrate.poor", name=target.name, surprise=decimal(target.emulator.surprise, 1)))
    if found.chains_poor:
        said.append(say("calibrate.chains", effective=count(found.effective_draws)))
    return said


def legend(found: Calibration) -> list[str]:
    """Say how to read the tables."""
    return [
        say("calibrate.shrinkage", least=percent(IDENTIFIED, 0)),
        say("calibrate.checked", checks=count(found.checks)),
    ]
