"""Ensembles of scenarios: read, drawn from, run, and refused with their mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.ensembles import PACKAGED, Column, Ensemble, is_ensemble, located
from experiments.store import Results
from sim.problems import ScenarioError
from sim.scenario import load
from sim.text import use_language

FILE = """
kind = "userisation ensemble"
format = 1
scenario = "baseline"

[[column]]
name = "appeal"
keys = ["firm.Nova.appeal"]

[[column]]
name = "pyramids' price"
keys = ["firm.Citadel.levers.price", "firm.Summit.levers.price"]

[draws]
values = [
  [-0.5, 9],
  [0.0, 10.0],
  [0.5, 11.0],
]
"""
SMALL = ("--consumers", "300", "--weeks", "6", "--threads", "2")


@pytest.fixture
def ensemble_file(tmp_path):
    path = tmp_path / "ensemble.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_what_is_written_is_read_again(ensemble_file, tmp_path):
    ensemble = Ensemble.read(ensemble_file)
    assert len(ensemble) == 3
    assert ensemble.columns[1] == Column("pyramids' price", ("firm.Citadel.levers.price", "firm.Summit.levers.price"))
    assert ensemble.settings(0) == {
        "firm.Nova.appeal": -0.5, "firm.Citadel.levers.price": 9, "firm.Summit.levers.price": 9,
    }  # fmt: skip
    again = tmp_path / "again.toml"
    again.write_text(ensemble.text(), encoding="utf-8")
    assert Ensemble.read(again) == ensemble
    assert is_ensemble(str(again))
    assert not is_ensemble("baseline")
    assert not is_ensemble(str(tmp_path / "nothing.toml"))


def test_replicates_take_one_row_after_the_other(ensemble_file):
    ensemble = Ensemble.read(ensemble_file)
    assert [ensemble.row(replicate) for replicate in range(7)] == [0, 1, 2, 0, 1, 2, 0]
    prices = [one.firms[1].levers.price for one in ensemble.scenarios(4, load("baseline"))]
    assert prices == [9.0, 10.0, 11.0, 9.0]


def test_weights_say_how_often_a_row_is_taken(ensemble_file):
    ensemble = Ensemble("baseline", (Column("x", ("firm.Nova.appeal",)),), ((0.0,), (1.0,), (2.0,)), (0.5, 0.0, 1.5))
    # Steps of the golden ratio: of n replicates, each share is missed by some log(n) / n.
    rows = [ensemble.row(replicate) for replicate in range(400)]
    assert np.bincount(rows, minlength=3) / 400 == pytest.approx([0.25, 0.0, 0.75], abs=0.01)
    drawn = [one["firm.Nova.appeal"] for one in ensemble.draw(4000, seed=1)]
    # 4,000 draws: a share of a quarter has a standard deviation of 0.7 %; tolerance four of these.
    assert drawn.count(0.0) / 4000 == pytest.approx(0.25, abs=0.028)
    assert 1.0 not in drawn


def test_draws_are_fixed_by_their_seed_and_none_comes_twice(ensemble_file):
    ensemble = Ensemble.read(ensemble_file)
    assert ensemble.draw(3, seed=5) == ensemble.draw(3, seed=5)
    assert sorted(one["firm.Nova.appeal"] for one in ensemble.draw(3, seed=5)) == [-0.5, 0.0, 0.5]
    assert len(ensemble.draw(10, seed=1)) == 10


@pytest.mark.slow
def test_a_run_draws_from_it_with_the_same_luck(command, ensemble_file, tmp_path):
    ran, plain = tmp_path / "ran", tmp_path / "plain"
    assert command("run", ensemble_file, "-r", 4, *SMALL, "--out", ran).code == 0
    settings = ("firm.Nova.appeal=0.5", "firm.Citadel.levers.price=11.0", "firm.Summit.levers.price=11.0")
    words = [word for setting in settings for word in ("--set", setting)]
    assert command("run", "baseline", "-r", 4, *SMALL, *words, "--out", plain).code == 0
    with Results.open(ran / "results.sqlite") as drawn, Results.open(plain / "results.sqlite") as set_once:
        prices, shares = drawn.series("price")[:, 0, 1], drawn.series("share")
        assert prices.tolist() == [9.0, 10.0, 11.0, 9.0]
        # Replicate 2 takes the third row: the same scenario and the same luck as without an ensemble.
        assert np.array_equal(shares[2], set_once.series("share")[2])
        assert not np.array_equal(shares[1], set_once.series("share")[1])
    # What is left can be run again, the same.
    again = tmp_path / "again"
    assert command("run", ran / "ensemble.toml", "-r", 4, "--threads", 1, "--out", again).code == 0
    assert (again / "figures.csv").read_bytes() == (ran / "figures.csv").read_bytes()


@pytest.mark.slow
def test_what_the_user_sets_counts_more_than_what_is_drawn(command, ensemble_file, tmp_path):
    out = tmp_path / "out"
    ended = command("run", ensemble_file, "-r", 3, *SMALL, "--set", "firm.Citadel.levers.price=7.0", "--out", out)
    assert ended.code == 0
    with Results.open(out / "results.sqlite") as results:
        assert results.series("price")[:, 0, 1].tolist() == [7.0, 7.0, 7.0]
        assert results.series("price")[:, 0, 2].tolist() == [9.0, 10.0, 11.0]


def test_the_base_is_looked_for_beside_the_file(ensemble_file, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "mine.toml").write_text('extends = "baseline"\nschema_version = 1\nhorizon = 9\n', encoding="utf-8")
    (folder / "ensemble.toml").write_text(FILE.replace('"baseline"', '"mine.toml"'), encoding="utf-8")
    assert Ensemble.read(folder / "ensemble.toml").base().horizon == 9


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("firm.Nova.appeal", "seed", 8, "seed cannot be drawn"),
        ("firm.Summit.levers.price", "firm.Nova.appeal", 12, "stands in two columns"),
        ("[0.0, 10.0]", "[0.0]", 17, "row 2 has 1 values; there are 2 columns"),
        ("[draws]", "[draws]\nweights = [1.0]", 15, "one number for each of the 3 rows"),
        ("[draws]", "[draws]\nweights = [0.0, 0.0, 0.0]", 15, "not all of them 0"),
        ('name = "appeal"', 'nam = "appeal"', 7, "did you mean 'name'?"),
        ("format = 1", "format = 2", 3, ""),
    ],
)
def test_mistakes_are_told_with_their_lines(command, ensemble_file, old, new, line, said):
    ensemble_file.write_text(FILE.replace(old, new), encoding="utf-8")
    ended = command("run", ensemble_file)
    assert ended.code == 2
    assert f"ensemble.toml:{line}: " in ended.err
    assert said in ended.err


def test_a_draw_that_does_not_fit_is_refused_before_the_first_week(command, ensemble_file, tmp_path):
    ensemble_file.write_text(FILE.replace("firm.Nova.appeal", "firm.Nov.appeal"), encoding="utf-8")
    ended = command("run", ensemble_file, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "did you mean 'Nova'?" in ended.err
    assert not (tmp_path / "out").exists()


def test_mistakes_are_told_in_french(ensemble_file):
    ensemble_file.write_text(FILE.replace("[0.0, 10.0]", "[0.0]"), encoding="utf-8")
    with use_language("fr"), pytest.raises(ScenarioError) as caught:
        Ensemble.read(ensemble_file)
    assert "la ligne 2 a 1 valeurs ; il y a 2 colonnes" in str(caught.value)


def test_ensembles_of_different_parameters_stand_side_by_side():
    one = Ensemble("baseline", (Column("a", ("firm.Nova.appeal",)),), ((0.1,), (0.2,), (0.3,)))
    other = Ensemble("hypocrite", (Column("b", ("mechanisms.purchase.taste_spread",)),), ((1.0,), (1.1,)))
    both = one.beside(other)
    assert both.scenario == "baseline"
    assert [column.name for column in both.columns] == ["a", "b"]
    assert both.values == ((0.1, 1.0), (0.2, 1.1))
    with pytest.raises(ValueError, match=r"both ensembles draw firm\.Nova\.appeal"):
        one.beside(one)
    with pytest.raises(ValueError, match="weights"):
        one.beside(Ensemble("baseline", other.columns, other.values, (1.0, 2.0)))


@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_ensemble_is_found_by_its_name_and_fits_its_base(name, tmp_path, monkeypatch):
    assert is_ensemble(name)
    ensemble = Ensemble.read(name)
    assert len(ensemble) >= 100
    drawn = ensemble.scenarios(3, ensemble.base())
    assert len({scenario.text_hash for scenario in drawn}) == 3
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(FILE)
    assert located(name) == Path(name), "a file of that name counts more"
