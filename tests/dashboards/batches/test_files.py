"""Experiment files of strangers: bounded, checked with every mistake and its line, and shut in."""

from __future__ import annotations

import pytest

from dashboards.batches.files import MOST_BYTES, MOST_FILES, Bundle, Sizes, of_library, titles
from dashboards.batches.plan import plan_of
from experiments.batch.reading import library
from sim.problems import ScenarioError
from sim.text import use_language
from tests.dashboards.batches.conftest import SMALL


def given(text: str, **more: str) -> Bundle:
    bundle = Bundle("mine.toml", {}).with_file("mine.toml", text)
    for name, content in more.items():
        bundle = bundle.with_file(name.replace("_", "."), content)
    return bundle


def refused(text: str, **more: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        given(text, **more).read()
    return [str(problem) for problem in error.value.problems]


def test_a_right_file_becomes_an_experiment():
    made = given(SMALL).read()
    assert (made.run_count, made.point_count, [arm.name for arm in made.arms]) == (36, 12, ["baseline", "cheap"])


def test_every_mistake_is_told_with_its_line_and_without_a_place_of_this_machine():
    wrong = SMALL.replace("network.peers", "network.pears").replace("[9.0, 10.0, 11.0]", "[9.0, -4.0]")
    said = refused(wrong)
    assert len(said) >= 2
    assert all(one.startswith("mine.toml:") for one in said)
    assert any("pears" in one for one in said)
    line = 1 + SMALL.splitlines().index('key = "network.peers"')
    assert any(one.startswith(f"mine.toml:{line}: ") for one in said)
    assert not any("tmp" in one.casefold() for one in said)


def test_what_is_no_toml_is_told_with_its_line():
    (said,) = refused("schema_version = 1\n[[arm]\n")
    assert said.startswith("mine.toml:2")


@pytest.mark.parametrize(
    "reference",
    ["../secret.toml", "/etc/passwd", "secret.toml", "C:\\secret.toml", "..\\secret.toml", "nowhere", "sub/baseline"],
)
def test_a_file_names_nothing_but_the_library_and_the_files_beside_it(reference):
    text = SMALL.replace('scenario = "baseline"', f"scenario = '{reference}'", 1)
    (said,) = refused(text)
    assert said.startswith("mine.toml:12: scenario: ")


def test_draws_and_tables_are_shut_in_too():
    text = SMALL.replace('key = "firm.Citadel.levers.price"\nlevels = [9.0, 10.0, 11.0]', 'draws = "../ensemble.toml"')
    assert any("ensemble.toml" in one for one in refused(text))
    text = SMALL.replace('kind = "full_grid"', 'kind = "table"\nfile = "/etc/passwd"')
    assert any("passwd" in one for one in refused(text))


def test_files_that_are_given_may_be_named():
    text = SMALL.replace('scenario = "baseline"', 'scenario = "own.toml"', 1)
    own = 'schema_version = 1\nextends = "baseline"\nname = "own"\n'
    made = given(text, own_toml=own).read()
    assert [arm.name for arm in made.arms] == ["own", "cheap"]
    assert any("secret" in one for one in refused(text, own_toml=own.replace("baseline", "../secret.toml")))


def test_files_are_bounded_in_size_number_and_name():
    for name, text in (
        ("x.toml", "#" * (MOST_BYTES + 1)), ("x.exe", ""), (".x.toml", ""), ("x.toml", "\0"), ("con.toml", ""),
    ):  # fmt: skip
        with pytest.raises(ScenarioError):
            Bundle("mine.toml", {}).with_file(name, text)
    bundle = given(SMALL)
    for number in range(MOST_FILES - 1):
        bundle = bundle.with_file(f"t{number}.csv", "a\n1\n")
    with pytest.raises(ScenarioError):
        bundle.with_file("one-more.csv", "a\n1\n")


def test_a_path_before_a_name_is_cut_off():
    assert list(Bundle("x", {}).with_file("C:\\fakepath\\mine.toml", SMALL).files) == ["mine.toml"]


def test_an_experiment_that_is_too_large_is_refused():
    (said,) = refused(SMALL.replace("replicates = 3", "replicates = 100000"))
    assert "1,200,000" in said


def test_sizes_change_what_they_say_and_nothing_else():
    made = given(SMALL).resized(Sizes(replicates=2, consumers=80, weeks=5)).read()
    first = made.arms[0].scenario
    assert (made.replicates, first.population.size, first.horizon, made.point_count) == (2, 80, 5, 12)
    assert given(SMALL).resized(Sizes()).text == SMALL
    screening = of_library("screening")
    assert screening.resized(Sizes(points=6)).read().point_count == 6 * 7


def test_the_library_can_be_described_in_both_languages():
    assert set(titles()) == set(library())
    for name in library():
        bundle = of_library(name)
        for code in ("en", "fr"):
            with use_language(code):
                plan = plan_of(bundle.read(), bundle)
                assert plan.title
                assert plan.story
                assert len(plan.rows) == 6
                assert all(all(cells) for cells in plan.factors)


def test_what_is_not_in_the_library_is_refused():
    for name in ("../pyproject", "nothing", ""):
        with pytest.raises(ScenarioError):
            of_library(name)
