"""What each design promises, on factors of every kind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.batch.designs.base import UNSET, DesignError
from experiments.batch.designs.catalogue import DESIGNS
from experiments.batch.designs.grids import FullGrid, OneAtATime, Table
from experiments.batch.designs.sampling import LatinHypercube, Sobol
from experiments.batch.designs.screening import Morris, Saltelli
from experiments.batch.factors import Draws, Factor, Free, Levels, Ranged
from experiments.batch.ranges import Integer
from experiments.calibration.priors import Lognormal, Loguniform, Normal, Uniform
from experiments.ensembles import Column, Ensemble


def uniform(name="x", low=0.0, high=1.0, steps=5):
    return Factor(
        name, "uncertainty", (name,), Ranged(Uniform(distribution="uniform", low=low, high=high), steps, False)
    )


def factors(count):
    return [uniform(f"x{place}") for place in range(count)]


MIXED = [
    uniform("price", 8.0, 12.0, 3),
    Factor("word", "lever", ("word",), Levels(("a", "b", "c"))),
    Factor("peers", "uncertainty", ("peers",), Ranged(Integer(distribution="integer", low=2, high=9), 4, True)),
    Factor(
        "drawn", "uncertainty", (),
        Draws(Ensemble("baseline", (Column("x", ("a", "b")),), ((0.5,), (1.5,)), (1.0, 3.0)), "e.toml", 2),
    ),
]  # fmt: skip
EVERY = [
    FullGrid(kind="full_grid"),
    OneAtATime(kind="one_at_a_time"),
    Table(kind="table", rows=[{"price": 9.0, "word": "a"}, {"peers": 4}]),
    LatinHypercube(kind="latin_hypercube", size=7),
    Sobol(kind="sobol", size=8),
    Morris(kind="morris", trajectories=3),
    Saltelli(kind="saltelli", size=4),
    Saltelli(kind="saltelli", size=4, second_order=True),
]


def test_every_design_is_tried_here():
    assert {design.kind for design in EVERY} == set(DESIGNS)


@pytest.mark.parametrize("design", EVERY, ids=lambda design: design.kind)
def test_a_design_has_as_many_rows_as_it_says_and_is_the_same_again(design):
    rows = design.make_rows(MIXED)
    assert len(rows) == design.row_count(MIXED) > 0
    assert rows == design.make_rows(MIXED)
    assert list(design.problems(MIXED)) == []
    for row in rows:
        price, word, peers, drawn = row.values
        assert price is UNSET or 8.0 <= price <= 12.0
        assert word in {UNSET, "a", "b", "c"}
        assert peers is UNSET or peers in range(2, 10)
        assert drawn in {UNSET, 0, 1}
        assert not row.levels or (len(row.levels) == 4 and all(0 <= level <= 1 for level in row.levels))


@pytest.mark.parametrize("design", [one for one in EVERY if "seed" in type(one).model_fields], ids=lambda one: one.kind)
def test_another_seed_gives_another_design_and_the_global_generator_is_left_alone(design):
    before = np.random.get_state(legacy=False)  # noqa: NPY002 - the one that must not be touched
    other = design.model_copy(update={"seed": 0})
    assert not np.array_equal(design.levels(factors(3)), other.levels(factors(3)))
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert before["state"]["pos"] == after["state"]["pos"]
    assert np.array_equal(before["state"]["key"], after["state"]["key"])


def test_the_full_grid_crosses_all_values():
    rows = FullGrid(kind="full_grid").make_rows(MIXED[:2])
    assert [row.values for row in rows] == [(p, w) for p in (8.0, 10.0, 12.0) for w in "abc"]


def test_one_at_a_time_changes_one_factor_from_the_scenario_as_it_is():
    rows = OneAtATime(kind="one_at_a_time").make_rows(MIXED)
    assert rows[0].values == (UNSET,) * 4
    assert all(sum(value is not UNSET for value in row.values) == 1 for row in rows[1:])
    assert [row.values[1] for row in rows if row.values[1] is not UNSET] == ["a", "b", "c"]


@settings(max_examples=25, deadline=None)
@given(size=st.integers(2, 60), dimensions=st.integers(1, 6), seed=st.integers(0, 2**40))
def test_a_latin_hypercube_has_one_row_in_each_stratum(size, dimensions, seed):
    levels = LatinHypercube(kind="latin_hypercube", size=size, seed=seed).levels(factors(dimensions))
    for column in levels.T:
        assert sorted((column * size).astype(int)) == list(range(size))


@settings(max_examples=25, deadline=None)
@given(power=st.integers(1, 8), dimensions=st.integers(1, 6), seed=st.integers(0, 2**40))
def test_sobol_points_fill_every_stratum_too(power, dimensions, seed):
    levels = Sobol(kind="sobol", size=2**power, seed=seed).levels(factors(dimensions))
    for column in levels.T:
        assert sorted((column * 2**power).astype(int)) == list(range(2**power))


@pytest.mark.parametrize("design", [Sobol(kind="sobol", size=100), Saltelli(kind="saltelli", size=100)])
def test_sobol_sizes_are_powers_of_two(design):
    (problem,) = design.problems(factors(2))
    assert "64" in str(problem)
    assert "128" in str(problem)
    assert problem.at == ("size",)


@settings(max_examples=25, deadline=None)
@given(dimensions=st.integers(1, 8), half=st.integers(1, 4), seed=st.integers(0, 2**40))
def test_morris_trajectories_change_each_factor_once_by_one_step(dimensions, half, seed):
    design = Morris(kind="morris", trajectories=5, grid_levels=2 * half, seed=seed)
    levels = design.levels(factors(dimensions)).reshape(5, dimensions + 1, dimensions)
    grid = np.linspace(0, 1, 2 * half)
    assert np.isclose(levels[..., None], grid).any(axis=-1).all()
    for trajectory in levels:
        steps = np.diff(trajectory, axis=0)
        assert ((steps != 0).sum(axis=1) == 1).all()
        assert ((steps != 0).sum(axis=0) == 1).all()
        assert np.abs(steps[steps != 0]) == pytest.approx(design.step)


def test_morris_takes_every_level_as_often():
    """20,000 trajectories: a share of a quarter has a standard deviation of 0.3 %; tolerance four of these."""
    design = Morris(kind="morris", trajectories=10_000)
    starts = design.levels(factors(2)).reshape(10_000, 3, 2)[:, 0].ravel()
    shares = [np.isclose(starts, level).mean() for level in (0, 1 / 3, 2 / 3, 1)]
    assert shares == pytest.approx([0.25] * 4, abs=0.0125)


def test_morris_finds_the_effects_of_a_linear_function():
    levels = Morris(kind="morris", trajectories=4).levels(factors(3)).reshape(4, 4, 3)
    results = levels @ np.array([1.0, -2.0, 0.0])
    for trajectory, result in zip(levels, results, strict=True):
        steps = np.diff(trajectory, axis=0)
        effects = np.diff(result) / steps.sum(axis=1)
        assert effects[np.argsort(np.abs(steps).argmax(axis=1))] == pytest.approx([1.0, -2.0, 0.0])


@pytest.mark.parametrize("second_order", [False, True])
def test_saltelli_crosses_two_samples_one_factor_at_a_time(second_order):
    dimensions, size = 3, 8
    blocks = (2 if second_order else 1) * dimensions + 2
    design = Saltelli(kind="saltelli", size=size, second_order=second_order)
    levels = design.levels(factors(dimensions)).reshape(size, blocks, dimensions)
    a, b = levels[:, 0], levels[:, -1]
    assert not np.isclose(a, b).any()
    for factor in range(dimensions):
        crossed = levels[:, 1 + factor]
        assert np.array_equal(crossed[:, factor], b[:, factor])
        others = [other for other in range(dimensions) if other != factor]
        assert np.array_equal(crossed[:, others], a[:, others])
        if second_order:
            back = levels[:, 1 + dimensions + factor]
            assert np.array_equal(back[:, factor], a[:, factor])
            assert np.array_equal(back[:, others], b[:, others])


def test_saltelli_gives_the_indices_of_a_known_function():
    """Sobol' g function with a = (0, 1, 9): first-order indices from the design against the closed form."""
    a = np.array([0.0, 1.0, 9.0])
    partial = 1 / 3 / (1 + a) ** 2
    expected = partial / (np.prod(1 + partial) - 1)
    levels = Saltelli(kind="saltelli", size=4096, seed=3).levels(factors(3)).reshape(4096, 5, 3)
    y = np.prod((np.abs(4 * levels - 2) + a) / (1 + a), axis=-1)
    base, last = y[:, 0], y[:, -1]
    variance = np.var(np.concatenate([base, last]))
    found = [(last * (y[:, 1 + factor] - base)).mean() / variance for factor in range(3)]
    # 4,096 Sobol' points: errors of this estimator are below 0.01; tolerance twice that.
    assert found == pytest.approx(expected.tolist(), abs=0.02)


def test_an_odd_number_of_levels_is_refused():
    assert [problem.at for problem in Morris(kind="morris", grid_levels=5).problems(factors(2))] == [("grid_levels",)]


def test_a_table_gives_its_values_and_leaves_the_rest():
    rows = Table(kind="table", rows=[{"price": 9.0}, {"word": "zzz"}]).make_rows(MIXED)
    assert [row.values for row in rows] == [(9.0, UNSET, UNSET, UNSET), (UNSET, "zzz", UNSET, UNSET)]


def test_a_table_can_stand_in_a_csv_file(tmp_path):
    (tmp_path / "rows.csv").write_text('\ufeffprice,word\n9.5,"a"\n10,\n\n11,open\n', encoding="utf-8")
    table = Table(kind="table", file="rows.csv").read_beside(tmp_path)
    assert table.rows == [{"price": 9.5, "word": "a"}, {"price": 10}, {"price": 11, "word": "open"}]
    assert list(table.problems(MIXED)) == []
    assert [problem.at for problem in table.problems(MIXED[:1])] == [("file",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "cannot be read"), ("price\n", "no rows"), ("price,word\n1\n", "line 2 of rows.csv has 1")],
)
def test_a_csv_file_that_is_no_table_is_refused(tmp_path, text, said):
    if text is not None:
        (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DesignError, match=said):
        Table(kind="table", file="rows.csv").read_beside(tmp_path)


def test_rows_or_a_file_but_not_both(tmp_path):
    for table in (Table(kind="table"), Table(kind="table", rows=[{}], file="rows.csv")):
        with pytest.raises(DesignError, match="either rows or file"):
            table.read_beside(tmp_path)


# --- factors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("range_", "whole", "expected"),
    [
        (Uniform(distribution="uniform", low=2.0, high=4.0), False, [2.0, 3.0, 4.0]),
        (Uniform(distribution="uniform", low=2.0, high=4.0), True, [2, 3, 4]),
        (Loguniform(distribution="loguniform", low=1.0, high=100.0), False, [1.0, 10.0, 100.0]),
        (Integer(distribution="integer", low=1, high=6), True, [1, 4, 6]),
        (Normal(distribution="normal", mean=1.0, sd=2.0), False, [1 - 2 * 0.967422, 1.0, 1 + 2 * 0.967422]),
        (Lognormal(distribution="lognormal", median=3.0, sigma=0.5), False,
         [3 * np.exp(-0.5 * 0.967422), 3.0, 3 * np.exp(0.5 * 0.967422)]),
    ],
    ids=lambda one: getattr(one, "distribution", ""),
)  # fmt: skip
def test_ranges_give_their_quantiles(range_, whole, expected):
    domain = Ranged(range_, 3, whole)
    # Normal ranges end at four standard deviations: quantiles differ from the full law's by 6e-5 at most.
    assert [domain.value(level) for level in domain.grid] == pytest.approx(expected, rel=2e-4)
    assert all(isinstance(domain.value(level), int) == whole for level in domain.grid)


def test_whole_numbers_are_all_as_likely():
    domain = Ranged(Integer(distribution="integer", low=3, high=7), 5, True)
    values = [domain.value(level) for level in np.linspace(0, 1, 1001)]
    assert [values.count(one) for one in range(3, 8)] == pytest.approx([200.2] * 5, abs=1)


def test_draws_are_taken_by_their_weights_and_set_all_their_keys():
    drawn = MIXED[3]
    rows = [drawn.value((place + 0.5) / 400) for place in range(400)]
    assert rows.count(0) == 100
    assert drawn.settings(1) == {"a": 1.5, "b": 1.5}
    assert drawn.value(1.0) == 1


def test_a_factor_without_values_has_none_to_choose_from():
    with pytest.raises(NotImplementedError):
        Free().value(0.5)
    assert list(Free().grid) == list(Free().ends) == []
