from itertools import combinations, islice

import numpy as np
import pytest
from scipy import stats

from sim.compiling import plain
from sim.streams import (
    Luck,
    draw_week,
    gumbel_from,
    key_of,
    mix32,
    normal_from,
    philox,
    uniform_from,
)

N = 200_000
KOLMOGOROV = 1.95 / np.sqrt(N)
"""Distance that N honest draws exceed once in a thousand times."""
ALL_ONES = np.uint32(0xFFFFFFFF)

# The plain twins are written for one number, but numpy lets them pass over arrays of words as well.
mixed, uniforms_of, normals_of, gumbels_of = (plain(rule) for rule in (mix32, uniform_from, normal_from, gumbel_from))


def words_of(week=1, *, seed=1, replicate=0, first=0, size=N):
    luck, words = Luck(seed, replicate), np.zeros((4, size), np.uint32)
    draw_week(words, first, np.uint32(week), luck.replicate, luck.k0, luck.k1)
    return words


def uniforms_for(purpose, word):
    return uniforms_of(mixed(word, np.uint32(key_of(purpose))))


# ---------------------------------------------------------------------------------------------------- generators

ONES = (1 << 32) - 1


@pytest.mark.parametrize("twin", [philox, plain(philox)])
@pytest.mark.parametrize(
    ("numbers", "answer"),
    [
        ((0,) * 6, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ONES,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_answers_of_its_authors(twin, numbers, answer):
    assert tuple(int(word) for word in twin(*map(np.uint32, numbers))) == answer


@pytest.mark.parametrize("rule", [mix32, uniform_from, normal_from, gumbel_from])
def test_plain_twins_give_the_same_bits(rule):
    words = np.concatenate([words_of(size=500)[0], np.array([0, 1, 255, 256, ALL_ONES - 255], np.uint32)])
    more = (np.uint32(key_of("mood")),) if rule is mix32 else ()
    twin, kind = plain(rule), np.uint32 if rule is mix32 else np.float32
    for word in words:
        found = twin(word, *more)
        assert type(found) is kind
        assert found.tobytes() == kind(rule(word, *more)).tobytes()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("", 0x000000),
        ("123456789", 0xF43926),  # CRC-32's check value, CBF43926, without its first byte
        ("Nova", 0xD4F3B1),
        ("outside_key in drinks", 0xCD4586),
        ("Ünïcode, ü", 0x3F17A5),
    ],
)
def test_keys_of_names_never_change(name, key):
    assert key_of(name) == key


def test_mixing_loses_no_word():
    assert np.unique(mixed(np.arange(2**20, dtype=np.uint32), np.uint32(key_of("mood")))).size == 2**20


# ------------------------------------------------------------------------------------------------- distributions


def test_uniforms_are_uniform():
    for week in (1, 2, 5000):
        for word in words_of(week):
            u = uniforms_of(word)
            assert stats.kstest(u, "uniform").statistic < KOLMOGOROV


def test_uniforms_of_a_purpose_are_uniform():
    word = words_of()[3]
    for purpose in ("mood", "join", "community", "effort", "kind", "read", "leave", "Nova"):
        assert stats.kstest(uniforms_for(purpose, word), "uniform").statistic < KOLMOGOROV


def test_the_smallest_uniform_is_above_zero():
    assert uniform_from(np.uint32(0)) == 2.0**-24


def test_the_largest_uniform_is_below_one():
    assert uniform_from(ALL_ONES) == 1 - 2.0**-24


def test_every_uniform_is_exact():
    m = np.arange(2**23, dtype=np.uint32)
    assert (uniforms_of(m << 9).astype(float) == (m + 0.5) * 2.0**-23).all()


def test_gumbels_are_gumbel():
    for word in words_of():
        assert stats.kstest(gumbels_of(word), "gumbel_r").statistic < KOLMOGOROV


def test_the_extremest_words_give_finite_gumbels():
    assert gumbel_from(np.uint32(0)) == pytest.approx(-np.log(24 * np.log(2)), abs=1e-6)
    assert gumbel_from(ALL_ONES) == pytest.approx(24 * np.log(2), abs=1e-5)


def every_normal():
    """The exact distribution of the sum of four uniform bytes: values and probabilities."""
    byte = np.full(256, 1 / 256)
    probabilities = np.convolve(np.convolve(byte, byte), np.convolve(byte, byte))
    # A word with a given sum of bytes: as many full bytes as fit, then the rest.
    sums = np.arange(1021)
    words = np.zeros(1021, np.uint32)
    for place in range(4):
        part = np.clip(sums - 255 * place, 0, 255)
        words |= (part << (8 * place)).astype(np.uint32)
    return normals_of(words).astype(float), probabilities


def test_normals_have_mean_zero_and_the_tails_of_four_bytes():
    z, probabilities = every_normal()
    assert (z * probabilities).sum() == pytest.approx(0, abs=1e-7)
    assert (z[0], z[-1]) == (pytest.approx(-3.45, abs=0.01), pytest.approx(3.45, abs=0.01))
    variance = (z**2 * probabilities).sum()
    # Four uniforms: excess kurtosis -6/5 divided by four.
    assert (z**4 * probabilities).sum() / variance**2 - 3 == pytest.approx(-0.3, abs=1e-3)


def test_normals_have_a_standard_deviation_of_one():
    z, probabilities = every_normal()
    assert (z**2 * probabilities).sum() == pytest.approx(1, abs=1e-6)


def test_normals_are_nearly_normal():
    z = normals_of(words_of()[2])
    # The sum of four uniforms is itself up to 0.0067 away from the normal distribution.
    assert stats.kstest(z, "norm").statistic < 0.0067 + KOLMOGOROV
    assert z.mean() == pytest.approx(0, abs=4 / np.sqrt(N))


def test_firms_draws_are_uniform():
    u = [next(Luck(1).firm(f"firm {f}", week, "ideas")) for f in range(20) for week in range(1, 101)]
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    long = list(islice(Luck(1).firm("Nova", 1, "ideas"), 5000))
    assert stats.kstest(long, "uniform").pvalue > 1e-3
    assert len(set(long)) == 5000


# -------------------------------------------------------------------------------------------------- independence


def check_independent(a, b):
    """Correlation within four standard errors, and a 16 by 16 table whose chi-square occurs once in 10,000 tables."""
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(a.size)
    cells = np.histogram2d(a, b, bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > 1e-4


PURPOSES = (
    "units in drinks", "noise in drinks", "defect in drinks", "shelf of Nova", "units in phones", "Nova", "Agora",
    "mood", "leave",
)  # fmt: skip


@pytest.mark.parametrize(("one", "other"), list(combinations(PURPOSES, 2)))
def test_purposes_that_share_a_word_are_independent(one, other):
    word = words_of(size=100_000)[1]
    check_independent(uniforms_for(one, word), uniforms_for(other, word))


def test_the_four_words_are_independent():
    for a, b in combinations(words_of(), 2):
        check_independent(uniforms_of(a), uniforms_of(b))


def test_weeks_consumers_replicates_and_seeds_are_independent():
    here = uniforms_of(words_of(10)[0])
    for other in (
        words_of(11),
        words_of(10 + 52),
        words_of(10, first=1),
        words_of(10, first=512),
        words_of(10, replicate=1),
        words_of(10, seed=2),
        words_of(10, seed=1 + 2**32),
    ):
        check_independent(here, uniforms_of(other[0]))


def test_one_purpose_in_two_weeks_is_independent():
    check_independent(uniforms_for("mood", words_of(1)[3]), uniforms_for("mood", words_of(2)[3]))


def test_traits_are_independent_of_each_other_and_of_replicates():
    luck = Luck(1)
    skill = luck.uniforms("skill", N)
    check_independent(skill, luck.uniforms("playfulness", N))
    check_independent(skill, Luck(1, 1).uniforms("skill", N))


def test_a_consumers_luck_does_not_depend_on_how_many_there_are():
    assert (Luck(1).uniforms("skill", 10) == Luck(1).uniforms("skill", 1000)[:10]).all()
    assert (words_of(size=10) == words_of(size=1000)[:, :10]).all()
    assert (words_of(first=500, size=10) == words_of(size=1000)[:, 500:510]).all()


def test_a_firms_purposes_and_weeks_have_draws_of_their_own():
    def of(*address):
        return tuple(islice(Luck(1).firm(*address), 8))

    draws = {of("Nova", 1, "ideas"), of("Nova", 2, "ideas"), of("Nova", 1, "crisis"), of("Agora", 1, "ideas")}
    assert len(draws) == 4
    assert of("Nova", 1, "ideas") in draws
