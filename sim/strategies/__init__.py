"""Strategies: how firms set their levers from what they can see.

A strategy is a small class with one method, `decide`, which looks at a `Sight` (the firm's own accounts and what is
public, never consumers' hidden state) and returns the levers to change. Its constants are class attributes, listed
with their values in `docs/model.md`. To add one: a file here, its class in `STRATEGIES`, its key in
`sim.entities.FirmSetup`, and its rules and constants in `docs/model.md`.
"""

from __future__ import annotations

from sim.strategies.adaptive import Adaptive
from sim.strategies.base import Changes, Strategy
from sim.strategies.client_centred import ClientCentred
from sim.strategies.imitator import Imitator
from sim.strategies.innovation_racer import InnovationRacer
from sim.strategies.opportunist import Opportunist
from sim.strategies.platform import Platform
from sim.strategies.price_warrior import PriceWarrior
from sim.strategies.pyramidal import Pyramidal
from sim.strategies.responsive import Responsive
from sim.strategies.scripted import Scripted
from sim.strategies.sight import VISIBLE_LEVERS, Rival, Sight

__all__ = [
    "STRATEGIES",
    "VISIBLE_LEVERS",
    "Adaptive",
    "Changes",
    "ClientCentred",
    "Imitator",
    "InnovationRacer",
    "Opportunist",
    "Platform",
    "PriceWarrior",
    "Pyramidal",
    "Responsive",
    "Rival",
    "Scripted",
    "Sight",
    "Strategy",
]

STRATEGIES: dict[str, type[Strategy]] = {
    strategy.key: strategy
    for strategy in (
        Scripted,
        Pyramidal,
        Opportunist,
        ClientCentred,
        PriceWarrior,
        InnovationRacer,
        Platform,
        Imitator,
        Adaptive,
        Responsive,
    )
}
"""Every strategy by its key in a scenario file."""
