import numpy as np
from hypothesis import given

from sim.mechanisms.activation import activate as activate_compiled
from sim.mechanisms.activation import tally_militants, targets_of

from .activation import activate, count_militant
from .agreement import check_agreement
from .luck import normal
from .test_voices import voices_of
from .voices import raise_voice
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, tally, worlds

MARKET = ("flips", "switched_causes", "ended_episodes", "ended_weeks")
FIRM = ("boycotters", "buycotters", "attackers", "defenders")
ENERGY = ("voice_for", "voice_against")


def slow(world):
    count, a = tally(world), world.p.activation
    voices = [raise_voice(c, a) for c in world.consumers]
    for i, (c, peers) in enumerate(zip(world.consumers, world.peers, strict=True)):
        z = normal(world.luck.words(i, world.week)[3], "mood")
        activate(c, [voices[j] for j in peers], world.A, world.firms, a, z, count)
        count_militant(c, a, count)
    causes = range(len(world.A))
    return {
        **consumers_outcome(world.consumers),
        **{name: count.market[name] for name in MARKET},
        **counted(count, FIRM),
        "energy": as_floats([[firm[name] for name in ENERGY] for firm in count.firms]),
        "militants": [count.market[f"militants of {c}"] for c in causes],
        "voice": as_floats([count.market[f"voice of {c}"] for c in causes]),
        "energy of each": as_floats([c.energy for c in world.consumers]),
    }


def fast(world):
    compiled = Compiled(world)
    voices, lanes, t = voices_of(compiled), compiled.said.size, compiled.tile
    scratch, whole = np.zeros(lanes, np.float32), np.zeros((2, lanes), np.int32)
    counts = compiled.counts[0]
    activate_compiled(
        scratch, whole[0], whole[1], compiled.flags, compiled.chosen, voices, targets_of(voices), compiled.words[3],
        compiled.keys[0].mood, compiled.salience, t, compiled.signals, compiled.s.activation, counts,
    )  # fmt: skip
    tally_militants(compiled.chosen, compiled.flags, t, compiled.s.activation, compiled.firm_counts, counts)
    outcome = compiled.outcome()
    return {
        **outcome,
        **{name: int(counts[name]) for name in MARKET},
        **counted_compiled(compiled, FIRM),
        "energy": np.stack([compiled.firm_counts[name] for name in ENERGY], axis=1) / 1023,
        "militants": counts.militants[: len(world.A)],
        "voice": counts.voice[: len(world.A)] / 1023,
        "energy of each": outcome["energy"],
    }


def as_floats(values):
    return np.array(values, float)


@given(worlds())
def test_turning_militant_going_on_and_fading(world):
    # Energies are added up in parts of 1023: each militant may add half a part of rounding.
    rounding = (len(world.consumers) + 1) / 2046
    check_agreement(slow, fast, world, {"energy": rounding, "voice": rounding})
