"""Experiment files: what they mean, and every mistake with its file, line and remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.batch.declarations import json_schema
from experiments.batch.factors import Levels, Ranged
from experiments.batch.reading import experiments_folder, find, library, read_experiment
from experiments.settable import present_value
from sim.problems import ScenarioError
from tests.experiments.batch.files import GRID, made, write

PLAIN = """
schema_version = 1
[[arm]]
scenario = "baseline"
[[factor]]
key = "firm.Nova.levers.price"
low = 8.0
high = 12.0
[design]
kind = "sobol"
size = 8
"""


def refused(folder, text):
    with pytest.raises(ScenarioError) as error:
        made(folder, text)
    return str(error.value)


def test_a_file_becomes_arms_factors_points_and_runs(tmp_path):
    experiment = made(tmp_path)
    assert [arm.name for arm in experiment.arms] == ["baseline", "dear"]
    assert [arm.scenario.firms[1].levers.price for arm in experiment.arms] == [10.5, 12.0]
    assert all(arm.scenario.population.size == 100 for arm in experiment.arms)
    assert all(arm.scenario.horizon == 6 for arm in experiment.arms)
    assert [(factor.name, factor.role) for factor in experiment.factors] == [
        ("price", "lever"),
        ("peers", "uncertainty"),
    ]
    assert experiment.point_count == len(experiment.points) == 8
    assert experiment.run_count == len(list(experiment.tasks())) == 24
    assert experiment.settings(experiment.points[5]) == {"firm.Nova.levers.price": 9.0, "network.peers": 8}
    assert experiment.values(experiment.points[5]) == {"price": 9.0, "peers": 8}
    assert [point.arm for point in experiment.points] == [0] * 4 + [1] * 4
    assert [point.row for point in experiment.points] == [0, 1, 2, 3] * 2


def test_replicates_have_the_same_luck_at_every_point_unless_told_otherwise(tmp_path):
    common = list(made(tmp_path).tasks())
    assert all(task.luck == task.replicate for task in common)
    assert [task.replicate for task in common] == sorted(task.replicate for task in common)
    apart = list(made(tmp_path, GRID + "common_random_numbers = false").tasks())
    assert sorted(task.luck for task in apart) == list(range(24))


def test_all_arms_have_one_seed(tmp_path):
    assert {arm.scenario.seed for arm in made(tmp_path).arms} == {1}
    assert {arm.scenario.seed for arm in made(tmp_path, GRID + "seed = 0").arms} == {0}


def test_keys_that_only_have_defaults_can_be_varied(tmp_path):
    text = PLAIN.replace("firm.Nova.levers.price", "population.traits.half_life.median")
    experiment = made(tmp_path, text.replace("low = 8.0", "low = 4.0"))
    assert experiment.factors[0].name == "half_life.median"
    assert experiment.points[0].values[0] > 4.0


def test_whole_numbers_stay_whole(tmp_path):
    experiment = made(tmp_path, PLAIN.replace("firm.Nova.levers.price", "network.peers"))
    assert all(isinstance(point.values[0], int) for point in experiment.points)


def test_a_scenario_without_factors_is_run_as_it_is(tmp_path):
    experiment = made(tmp_path, '[[arm]]\nscenario = "baseline"\n[runs]\nreplicates = 5')
    assert experiment.point_count == 1
    assert [task.settings for task in experiment.tasks()] == [{}] * 5


def test_one_at_a_time_tells_the_scenarios_own_values(tmp_path):
    text = GRID.replace("full_grid", "one_at_a_time")
    experiment = made(tmp_path, text)
    first = experiment.points[0]
    assert experiment.settings(first) == {}
    assert experiment.values(first) == {"price": 10.0, "peers": 10}


def test_scenarios_and_ensembles_lie_beside_the_experiment(tmp_path):
    (tmp_path / "mine.toml").write_text(
        'extends = "baseline"\n[[firm]]\nname = "Nova"\nappeal = 0.3\n', encoding="utf-8"
    )
    (tmp_path / "posterior.toml").write_text(
        'kind = "userisation ensemble"\nformat = 1\nscenario = "baseline"\n[[column]]\nname = "p"\n'
        'keys = ["firm.Nova.levers.price", "firm.Summit.levers.price"]\n[draws]\nvalues = [[9.0], [10.0], [11.0]]\n',
        encoding="utf-8",
    )
    text = PLAIN.replace('scenario = "baseline"', 'scenario = "mine.toml"')
    text = text.replace('key = "firm.Nova.levers.price"\nlow = 8.0\nhigh = 12.0', 'draws = "posterior.toml"')
    experiment = made(tmp_path, text)
    assert experiment.arms[0].name == "mine"
    assert experiment.factors[0].name == "posterior"
    assert {point.values[0] for point in experiment.points} == {0, 1, 2}
    point = next(point for point in experiment.points if point.values[0] == 2)
    assert experiment.settings(point) == {"firm.Nova.levers.price": 11.0, "firm.Summit.levers.price": 11.0}


def test_fingerprints_change_with_what_is_run_and_with_nothing_else(tmp_path):
    before = made(tmp_path).fingerprints
    assert made(tmp_path, GRID + "[title]\nen = 'x'\nfr = 'y'\n[budget]\nruns = 100").fingerprints == before
    changes = {
        "scenarios": ("= 12.0", "= 12.5"),
        "factors": ("[4, 8]", "[4, 9]"),
        "design": ('"full_grid"', '"one_at_a_time"'),
        "runs": ("replicates = 3", "common_random_numbers = false"),
        "record": ("[runs]", "[record]\nseries = false\n[runs]"),
    }
    for part, (old, new) in changes.items():
        now = made(tmp_path, GRID.replace(old, new)).fingerprints
        assert [one for one in now if now[one] != before[one]] == [part]


# --- mistakes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[arm]]", "[[arms]]", "small.toml:3: arms: unknown key; did you mean 'arm'?"),
        ('"baseline"', '"baselin"', "small.toml:4: arm.0.scenario: no scenario has this name; did you mean"),
        ("Nova", "Nowa", "small.toml:6: factor.0.key: firm.Nowa"),
        ("levers.price", "levers.prise", "unknown key; did you mean 'price'?"),
        ("firm.Nova.levers.price", "horizon", "small.toml:6: factor.0.key: horizon cannot be varied"),
        ("low = 8.0", "low = 80.0", "small.toml:5: factor.0: the lower bound 80 must be below the upper one 12"),
        ("low = 8.0\n", "", "small.toml:5: factor.0: give both low and high"),
        ("low = 8.0\nhigh = 12.0", "", "small.toml:5: factor.0: which values it can have is missing"),
        ("low = 8.0", "low = 8.0\nlevels = [1.0]", "give one of levels, low and high, range, draws"),
        ("low = 8.0", "low = -8.0", "small.toml:6: factor.0.key: firm.Nova.levers.price: must be"),
        ("low = 8.0\nhigh = 12.0", "levels = [9.0, 9.0]",
         "small.toml:7: factor.0.levels.1: this value is listed twice"),
        ("low = 8.0\nhigh = 12.0", "levels = [9.0, -1.0]", "small.toml:7: factor.0.levels.1: firm.Nova.levers.price"),
        ("low = 8.0\nhigh = 12.0", 'range = { distribution = "gaussian", mean = 9.0 }', "small.toml:7: factor.0.range"),
        ("low = 8.0\nhigh = 12.0", 'draws = "none.toml"', "factor.0"),
        ("low = 8.0", 'name = "status"\nlow = 8.0',
         "small.toml:5: factor.status: status is the name of a column of results"),
        ("low = 8.0", 'role = "choice"\nlow = 8.0', "small.toml:7: factor.0.role"),
        ('kind = "sobol"', 'kind = "soboll"', "small.toml:10: design.kind"),
        ("size = 8", "size = 10", "small.toml:11: design.size: must be a power of two, such as 8 or 16"),
        ('kind = "sobol"\nsize = 8', 'kind = "table"', "small.toml:9: design: give either rows or file"),
        ('kind = "sobol"\nsize = 8', 'kind = "table"\nrows = [{ prize = 9.0 }]', "did you mean 'price'?"),
        ('kind = "sobol"\nsize = 8', 'kind = "table"\nrows = [\n{ price = 9.0 },\n{ price = -9.0 },\n]',
         "small.toml:13: design.rows.1"),
        ('[design]\nkind = "sobol"\nsize = 8', "", "factors need a design"),
        ("size = 8", 'size = 8\n[record]\nfigures = ["shar"]',
         "small.toml:13: record.figures.0: there is no figure \"shar\""),
        ("size = 8", 'size = 8\n[record]\nfigures = ["share.Nowa"]',
         "no \"Nowa\" of which share could be; did you mean"),
        ("size = 8", 'size = 8\n[record.formulas]\nx = "sum(profit)*"',
         "small.toml:13: record.formulas.x: this is no formula"),
        ("size = 8", "size = 8\n[runs]\nreplicates = 0", "small.toml:13: runs.replicates"),
        ("size = 8", "size = 8\n[budget]\nif_over = 'cut'", "small.toml:13: budget.if_over"),
        ("schema_version = 1", "schema_version = 2", "small.toml:2: schema_version"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(tmp_path, monkeypatch, old, new, said):
    monkeypatch.chdir(tmp_path)
    assert old in PLAIN
    assert said in refused(tmp_path, PLAIN.replace(old, new))


def test_several_mistakes_are_told_at_once(tmp_path):
    said = refused(tmp_path, PLAIN.replace("size = 8", "size = 9\n[record]\nfigures = ['x', 'y']"))
    assert len(said.splitlines()) == 3


EVERYTHING_WRONG = """
schema_version = 1
[[arm]]
scenario = "baseline"
[[arm]]
scenario = "baselin"
[[factor]]
key = "firm.Nova.levers.price"
levles = [9.0]
[[factor]]
key = "firm.Nova.levers.prise"
low = 9.0
high = 11.0
[[factor]]
draws = "defalts"
[design]
kind = "sobl"
size = 64
[record]
figures = ["sharre"]
"""


def test_mistakes_of_every_kind_are_told_together(tmp_path):
    lines = refused(tmp_path, EVERYTHING_WRONG).splitlines()
    wanted = [
        (6, "arm.1.scenario", "'baseline'"), (9, "factor.0.levles", "'levels'"), (11, "factor.1.key", "'price'"),
        (15, "factor.2.draws", "'defaults'"), (17, "design.kind", "'sobol'"), (20, "record.figures.0", "'share'"),
    ]  # fmt: skip
    assert len(lines) == len(wanted)
    for line, (number, key, meant) in zip(lines, wanted, strict=True):
        assert f"small.toml:{number}: {key}: " in line
        assert f"did you mean {meant}?" in line


def test_nothing_is_said_of_what_depends_on_what_is_wrong(tmp_path):
    # Of a design of unknown kind nobody knows what it needs; without a scenario nothing is known of figures.
    text = GRID.replace('"full_grid"', '"tabel"').replace("levels = [4, 8]", "")
    assert [line.split(": ")[1] for line in refused(tmp_path, text).splitlines()] == ["design.kind"]
    text = PLAIN.replace('"baseline"', '"baselin"') + '[record]\nfigures = ["share"]\nformulas = { a = "end(share)" }'
    assert [line.split(": ")[1] for line in refused(tmp_path, text).splitlines()] == ["arm.0.scenario"]


def test_the_packaged_ensemble_is_drawn_from(tmp_path):
    text = PLAIN.replace('key = "firm.Nova.levers.price"', 'name = "facts"').replace(
        "low = 8.0\nhigh = 12.0", 'draws = "defaults"'
    )
    experiment = made(tmp_path, text)
    assert len({point.values for point in experiment.points}) == 8
    settings = experiment.settings(experiment.points[0])
    assert "population.traits.price_sensitivity.median" in settings
    for wrong in ("defalts", "nothing.toml"):
        assert "small.toml:7: factor.facts.draws: " in refused(tmp_path, text.replace('"defaults"', f'"{wrong}"'))


def test_a_title_in_one_language_is_told_in_the_other(tmp_path):
    experiment = made(tmp_path, PLAIN + '[title]\nen = "Prices"\n')
    assert (experiment.title.en, experiment.title.fr) == ("Prices", "Prices")
    experiment = made(tmp_path, PLAIN + '[title]\nfr = "Les prix"\n')
    assert (experiment.title.en, experiment.title.fr) == ("Les prix", "Les prix")


def test_two_factors_or_arms_cannot_have_one_name_or_key(tmp_path):
    twice = '[[factor]]\nname = "Price"\nkey = "firm.Nova.levers.price"\nlow = 1.0\nhigh = 2.0\n[design]'
    said = refused(tmp_path, PLAIN.replace("[design]", twice))
    assert "two factors are called Price" in said
    assert "firm.Nova.levers.price is varied by the factor price already" in said
    arms = '[[arm]]\nscenario = "baseline"\n[[arm]]\nscenario = "baseline"'
    assert "two scenarios are called baseline" in refused(
        tmp_path, PLAIN.replace('[[arm]]\nscenario = "baseline"', arms)
    )


def test_it_is_said_which_arm_does_not_take_a_value(tmp_path):
    text = GRID.replace('key = "network.peers"\nlevels = [4, 8]', 'key = "event.0.week"\nlevels = [2, 3]')
    assert "in dear: " in refused(tmp_path, text)


def test_names_that_differ_in_capitals_alone_are_refused(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "baseline"\nclear = ["firm.Nova"]\n[[firm]]\nname = "NOVA"\n'
                                        'sector = "drinks"\n', encoding="utf-8")  # fmt: skip
    text = PLAIN.replace("[[factor]]", '[[arm]]\nscenario = "mine.toml"\n[[factor]]').replace("Nova", "Summit")
    assert "NOVA is called Nova in another scenario" in refused(tmp_path, text)


def test_there_is_advice_for_a_mistyped_name():
    with pytest.raises(ScenarioError, match="did you mean 'screening'"):
        find("screenin")


def test_the_example_of_the_documentation_is_right(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "experiments.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    (tmp_path / "ensemble.toml").write_text(
        'kind = "userisation ensemble"\nformat = 1\nscenario = "baseline"\n[[column]]\nname = "spread"\n'
        'keys = ["mechanisms.purchase.taste_spread"]\n[draws]\nvalues = [[1.0], [1.2]]\n',
        encoding="utf-8",
    )
    experiment = made(tmp_path, example)
    assert experiment.run_count == 2 * 256 * 4
    assert [factor.name for factor in experiment.factors] == [
        "price", "sharing", "price sensitivity", "pyramids' price", "fitted",
    ]  # fmt: skip
    assert experiment.arms[1].scenario.events == []


# --- the library --------------------------------------------------------------------------------------------


def test_the_library_has_experiments():
    assert len(library()) >= 3


@pytest.mark.parametrize("name", library())
def test_every_packaged_experiment_is_right_and_tells_its_story_in_both_languages(name):
    experiment = read_experiment(name)
    for text in (experiment.title, experiment.story):
        assert len(text.en) > 10
        assert len(text.fr) > 10
        assert text.en != text.fr
    assert experiment.text.startswith("#:schema ./experiments.json\nschema_version = 1\n")
    assert experiment.run_count > 1


@pytest.mark.parametrize("name", library())
def test_what_is_not_known_lies_around_what_its_scenarios_say(name):
    experiment = read_experiment(name)
    for arm in experiment.arms:
        for factor in experiment.factors:
            if factor.role != "uncertainty":
                continue
            said = present_value(arm.scenario, factor.keys[0])
            if isinstance(factor.domain, Ranged):
                low, high = (factor.domain.value(level) for level in (0.05, 0.95))
                assert low <= said <= high, (factor.name, low, said, high)
            elif isinstance(factor.domain, Levels):
                assert said in factor.domain.values, (factor.name, said)


def test_the_schema_is_the_one_exported_and_takes_the_library():
    import tomllib

    from jsonschema import Draft202012Validator

    written = json.loads((experiments_folder() / "experiments.json").read_text(encoding="utf-8"))
    assert written == json_schema(), "renew with: userisation schema --experiments --out experiments/experiments.json"
    Draft202012Validator.check_schema(written)
    validator = Draft202012Validator(written)
    for name in library():
        validator.validate(tomllib.loads(Path(find(name)).read_text(encoding="utf-8")))
    assert not validator.is_valid(tomllib.loads(GRID.replace("[[factor]]", "[[factors]]")))


def test_write_gives_the_file(tmp_path):
    assert read_experiment(str(write(tmp_path))).name == "small"


LEVER = PLAIN.replace('key = "firm.Nova.levers.price"', 'role = "lever"\nkey = "firm.Nova.levers.price"\n{cost}')


def test_a_lever_has_a_cost_which_changes_no_run(tmp_path):
    plain = made(tmp_path, LEVER.replace("{cost}", ""))
    costly = made(tmp_path, LEVER.replace("{cost}", "cost = { per = 20_000, from = 9.0 }"))
    cost = costly.factors[0].cost
    assert cost is not None
    assert [cost.weekly(value, 10.0) for value in (8.0, 9.0, 9.5)] == [0.0, 0.0, 10_000.0]
    assert costly.fingerprints == plain.fingerprints
    own = made(tmp_path, LEVER.replace("{cost}", "cost = { per = 20_000 }")).factors[0].cost
    assert own is not None
    assert own.weekly(10.5, 10.0) == 10_000.0


def test_each_level_has_its_cost(tmp_path):
    text = LEVER.replace("low = 8.0\nhigh = 12.0", "levels = [8.0, 10.0]").replace("{cost}", "cost = { each = [5, 0] }")
    cost = made(tmp_path, text).factors[0].cost
    assert cost is not None
    assert [cost.weekly(value, 10.0) for value in (8.0, 10.0, 11.0)] == [5.0, 0.0, 0.0]


def test_costs_are_taken_off_from_the_week_in_which_a_lever_is_set():
    from experiments.batch.costs import paid, payer
    from sim.scenario import load

    scenario = load("sincere_opening")
    change = scenario.schedule[0]
    assert payer(scenario, "schedule.0.openness") == (change.firm, change.week, change.until)
    assert payer(scenario, "firm.Nova.levers.price") == ("Nova", 1, None)
    assert payer(scenario, "network.peers")[0] == ""
    assert paid(((1, None, 2.0), (3, 5, 10.0)), "profit", 6).tolist() == [2, 2, 12, 12, 2, 2]
    assert paid(((1, None, 2.0), (3, 5, 10.0)), "total_profit", 6).tolist() == [2, 4, 16, 28, 30, 32]
    assert paid(((1, None, 2.0),), "share", 3).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ("cost = { fro = 1.0, per = 2.0 }", "'from'"),
        ("cost = { per = 0.0 }", "greater than 0"),
        ("cost = { from = 1.0 }", "give either per"),
        ("cost = { per = 1.0, each = [1.0] }", "give either per"),
        ("cost = { each = [1.0] }", "each goes with levels"),
        ('cost = { per = 1.0, firm = "Novaa" }', "'Nova'"),
    ],
)
def test_what_is_wrong_with_a_cost_is_told_with_its_line(tmp_path, cost, said):
    message = refused(tmp_path, LEVER.replace("{cost}", cost))
    assert said in message
    assert "small.toml:8" in message


def test_only_levers_of_firms_have_costs_unless_it_is_said_who_pays(tmp_path):
    assert "only a lever" in refused(tmp_path, PLAIN.replace("high = 12.0", "high = 12.0\ncost = { per = 1.0 }"))
    peers = LEVER.replace("firm.Nova.levers.price", "network.peers").replace("12.0", "16.0")
    message = refused(tmp_path, peers.replace("{cost}", "cost = { per = 1.0 }"))
    assert "say who pays" in message
    paid_by = made(tmp_path, peers.replace("{cost}", 'cost = { per = 1.0, firm = "Nova" }')).factors[0].cost
    assert paid_by is not None
    assert paid_by.firm == "Nova"
    words = LEVER.replace('firm.Nova.levers.price', "firm.Nova.strategy").replace(
        "low = 8.0\nhigh = 12.0", 'levels = ["opportunist", "pyramidal"]'
    )  # fmt: skip
    assert "words have each" in refused(tmp_path, words.replace("{cost}", "cost = { per = 1.0 }"))
    assert "1 costs for 2 levels" in refused(tmp_path, words.replace("{cost}", "cost = { each = [1.0] }"))
