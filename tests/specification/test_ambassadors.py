import numpy as np
import pytest
from hypothesis import given

from sim.mechanisms import ambassadors as compiled_ambassadors
from sim.mechanisms.activation import pack_voices

from .agreement import check_agreement
from .ambassadors import hold_office, recruiting_and_keeping, speak_for_firm
from .firms import firm_worlds
from .voices import raise_voice
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, mechanisms, tally, worlds


def slow(world):
    count, p = tally(world), world.p
    said = []
    for i, c in enumerate(world.consumers):
        hold_office(c, world.luck.words(i, world.week)[3], world.firms, p.ambassadors, count)
        said.append(speak_for_firm(c, raise_voice(c, p.activation), p.ambassadors, count))
    return {
        **consumers_outcome(world.consumers),
        **counted(count, ("ambassadors",)),
        "voice_for": np.array([firm["voice_for"] for firm in count.firms], float),
        "energy": np.array([0.0 if voice is None else voice.energy for voice in said]),
        "on": [-1 if voice is None else voice.target for voice in said],
        "stance": [0 if voice is None else voice.stance for voice in said],
        "cause": [-1 if voice is None else 7 if voice.cause is None else voice.cause for voice in said],
    }


def fast(world):
    compiled = Compiled(world)
    t, s, voiced = compiled.tile, compiled.s, compiled.voiced
    compiled_ambassadors.federate(
        compiled.flags, compiled.chosen, compiled.words[3], compiled.keys[0].federate, t, compiled.signals,
        s.ambassadors, compiled.firm_counts,
    )  # fmt: skip
    pack_voices(voiced, t.role, t.energy, t.stance, t.cause, t.target, s.activation.click_cost)
    compiled_ambassadors.add_ambassadors(
        compiled.flags, compiled.chosen, voiced, t.ambassador, s.ambassadors.zeal, compiled.firm_counts
    )
    # A word: energy in 10 bits, stance in 1, cause in 3, firm in 6.
    words = [int(word) for word in voiced[: compiled.size]]
    return {
        **compiled.outcome(),
        **counted_compiled(compiled, ("ambassadors",)),
        "voice_for": compiled.firm_counts.voice_for / 1023,
        "energy": np.array([(word & 1023) / 1023 for word in words]),
        "on": [word >> 14 if word else -1 for word in words],
        "stance": [0 if not word else 1 if word & 1024 else -1 for word in words],
        "cause": [word >> 11 & 7 if word else -1 for word in words],
    }


@given(worlds())
def test_office_and_voice(world):
    # Energies are heard in parts of 1023.
    check_agreement(slow, fast, world, {"energy": 1 / 1023, "voice_for": len(world.consumers) / 1023})


@given(firm_worlds(mechanisms()))
def test_what_spending_pays_for(world):
    firm, p = world.firm, world.p.ambassadors
    A, M = firm.counted["ambassadors"] * world.people, firm.counted["members"] * world.people
    found = compiled_ambassadors.recruiting_and_keeping(p, firm.ambassadors, A, M)
    assert found == pytest.approx(recruiting_and_keeping(firm, p, world.people), rel=1e-12)
