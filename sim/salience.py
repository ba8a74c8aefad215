"""Public attention to causes: a fast and a slow part, fed by events and militants' voices, decaying at two speeds."""

from __future__ import annotations

from sim.mechanisms.activation import ActivationParameters

__all__ = ["Salience"]


class Salience:
    """How salient each cause is in public, 0 upwards; 1 is a front-page affair.

    A shock is split between a fast part, mostly gone within the week, and a slow one: attention decays in two phases
    (Crane, Schweitzer and Sornette 2010). The public tires of what it hears much of: weariness rises with attention,
    fades slowly, and dulls what militants' voices add (the issue-attention cycle of Downs 1972).

    Parameters
    ----------
    initial
        Salience of each cause at the start; it is a floor that news add to.
    p
        Parameters of activation.
    """

    def __init__(self, initial: list[float], p: ActivationParameters) -> None:
        self.standing = list(initial)
        self.fast = [0.0] * len(initial)
        self.slow = [0.0] * len(initial)
        self.weary = [0.0] * len(initial)
        self._p = p

    @property
    def is_heard(self) -> bool:
        """Whether anyone can take up a cause: without activation there is no attention beyond the standing one."""
        return self._p.enabled

    def shock(self, cause: int, size: float) -> None:
        """Add a shock to a cause."""
        if not self._p.enabled:
            return
        self.fast[cause] += size * (1 - self._p.slow_share)
        self.slow[cause] += size * self._p.slow_share

    def damp(self, cause: int, share: float) -> None:
        """Take away a share of the attention to a cause."""
        self.fast[cause] *= 1 - share
        self.slow[cause] *= 1 - share

    def decay_and_hear(self, voices: list[float]) -> None:
        """Let a week pass; militants' mean energy (0 to 1, one a cause) feeds attention."""
        p = self._p
        for c, voice in enumerate(voices):
            heard = self.fast[c] + self.slow[c]
            self.weary[c] += p.weariness * min(1.0, heard) * (1 - self.weary[c]) - p.refresh * self.weary[c]
            self.fast[c] *= 1 - p.fast_decay
            self.slow[c] *= 1 - p.slow_decay
            self.shock(c, p.voice_feeds * voice * (1 - self.weary[c]))

    @property
    def levels(self) -> list[float]:
        """Salience of each cause now."""
        return [a + b + c for a, b, c in zip(self.standing, self.fast, self.slow, strict=True)]
