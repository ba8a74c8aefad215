"""The reduced market as ours, its consumers' week in C (`benchmarks.c_kernel`): how far down the time could go.

The kernel gives the same bits as the compiled rules. Where it cannot be built, this peer is listed as not available.
"""

from __future__ import annotations

from benchmarks.c_kernel import has_compiler, in_c
from benchmarks.peers.spec import Peer, Spec, Totals
from benchmarks.peers.with_ours import Ours

__all__ = ["build"]

if not has_compiler():
    raise ImportError("the C kernel is built when it is measured, and there is no gcc on this machine", name="gcc")


class InC(Ours):
    """A market of ours whose consumers live in C."""

    def live(self) -> Totals:
        """Live a week and return what was counted in it."""
        with in_c(self.market):
            return super().live()


def build(spec: Spec, size: int, seed: int) -> Peer:
    """Build a market."""
    return InC(spec, size, seed)
