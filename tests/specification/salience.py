"""Salience of causes, and the focus that links firms to them (5.3)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.purchase import PurchaseParameters

from .entities import Firm


@dataclass
class Salience:
    standing: list[float]
    fast: list[float]
    slow: list[float]
    weary: list[float]  # W

    @property
    def A(self) -> list[float]:
        return [sum(parts) for parts in zip(self.standing, self.fast, self.slow, strict=True)]

    def shock(self, cause: int, z: float, p: ActivationParameters) -> None:
        s_A = p.slow_share
        self.slow[cause] += s_A * z
        self.fast[cause] += (1 - s_A) * z

    def week(self, energy: list[float], p: ActivationParameters) -> None:
        """Let a week pass; `energy` is the mean energy of voices on each cause."""
        δ_1, δ_2, v_A, ω_A, ρ_A = p.fast_decay, p.slow_decay, p.voice_feeds, p.weariness, p.refresh
        for cause in range(len(self.standing)):
            W = self.weary[cause]
            W = W + ω_A * min(1.0, self.fast[cause] + self.slow[cause]) * (1 - W) - ρ_A * W
            self.weary[cause] = W
            self.fast[cause] *= 1 - δ_1
            self.slow[cause] *= 1 - δ_2
            self.shock(cause, v_A * (1 - W) * energy[cause], p)


def forget(firm: Firm, p: PurchaseParameters) -> None:
    """Let what the public knows of conduct fade."""
    δ_k = p.forgetting
    firm.known = [(1 - δ_k) * known for known in firm.known]


def refocus(firm: Firm, energy: float, p: ActivationParameters) -> None:
    """Let a week pass; `energy` is the mean energy of voices on the firm."""
    δ_f, v_A = p.focus_decay, p.voice_feeds
    for cause, focus in enumerate(firm.focus):
        firm.focus[cause] = min(1.0, (1 - δ_f) * focus + (v_A * energy if focus > 0 else 0.0))
