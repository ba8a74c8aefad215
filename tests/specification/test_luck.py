import numpy as np
import pytest

from sim import streams

from .luck import Luck, key_of, philox, uniform_of

ONES = 0xFFFFFFFF

# Random123's known answers for philox4x32-10.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_known_answers(counter, key, answer):
    assert philox(counter, key) == answer


def test_a_consumers_words_of_a_week_stand_at_their_address():
    seed, replicate, week = 2**62 - 12345, 7, 104
    luck = streams.Luck(seed, replicate)
    words = np.zeros((4, 8), np.uint32)
    streams.draw_week(words, 1000, np.uint32(week), luck.replicate, luck.k0, luck.k1)
    for lane in range(8):
        assert tuple(words[:, lane].tolist()) == Luck(seed, replicate).words(1000 + lane, week)


def test_a_firms_draws_stand_at_their_address():
    found, expected = (
        streams.Luck(2**40 + 3, 2).firm("Nova", 9, "ideas"),
        Luck(2**40 + 3, 2).of_firm("Nova", 9, "ideas"),
    )
    assert [next(found) for _ in range(10)] == [next(expected) for _ in range(10)]


def test_a_traits_draws_stand_at_their_address():
    found = streams.Luck(5, 1).uniforms("skill", 4)
    for i in range(4):
        word, *_ = philox((i, 0, 1, 0x02000000 | key_of("skill")), (5, 0))
        assert found[i] == uniform_of(word)
