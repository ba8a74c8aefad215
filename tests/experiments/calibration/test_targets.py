"""Targets files: what they mean, and every mistake at once with its line."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import pytest

from experiments.calibration.priors import Lognormal, Loguniform, Normal, Uniform, settings_of
from experiments.calibration.statistics import Finished
from experiments.calibration.targets import read_targets
from experiments.panel.catsup import catsup
from experiments.panel.repeats import repeats
from sim.market import Market
from sim.problems import ScenarioError
from sim.scenario import load
from sim.text import use_language

GOOD = """
[[parameter]]
key = "firm.Nova.appeal"
low = -1.0
high = 1.0

[[parameter]]
name = "pyramids' price"
keys = ["firm.Citadel.levers.price", "firm.Summit.levers.price"]
prior = { distribution = "lognormal", median = 10.0, sigma = 0.1 }

[[parameter]]
key = "network.peers"
low = 3
high = 12

[[target]]
kind = "share"
of = "Nova"
value = 0.2
sd = 0.01

[[target]]
kind = "repeat_rate"
of = "Agora"
low = 0.5
high = 0.6

[[target]]
kind = "figure"
figure = "units"
of = "Nova"
weeks = [9, 12]
relative_to = [5, 8]
value = 1.0
sd = 0.1

[[target]]
name = "income"
kind = "kpi"
formula = 'sum(revenue["Nova"]) / sum(units["Nova"])'
value = 10.0
sd = 0.5

[[target]]
kind = "figure"
figure = "militants"
over = "peak"
low = 0.0
high = 1e6
"""


@pytest.fixture(scope="module")
def market():
    return load("baseline", {"population.size": 300, "horizon": 12})


@pytest.fixture
def read(tmp_path, market, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def read(text, panel=None, scenario=market):
        path = tmp_path / "targets.toml"
        path.write_text(text, encoding="utf-8")
        return read_targets(path, scenario, panel)

    return read


def refused(read, text, **more):
    with pytest.raises(ScenarioError) as caught:
        read(text, **more)
    return str(caught.value).splitlines()


def test_a_file_is_read(read, market):
    question = read(GOOD)
    assert [one.name for one in question.parameters] == ["appeal", "pyramids' price", "peers"]
    assert question.parameters[1].keys == ("firm.Citadel.levers.price", "firm.Summit.levers.price")
    assert [one.whole for one in question.parameters] == [False, False, True]
    assert question.figures == {"share", "repeat_rate", "units", "revenue", "militants"}
    assert [goal.is_band for goal in question.goals] == [False, True, False, False, True]
    values = settings_of(question.parameters, np.array([0.5, 0.5, 0.5]))
    assert values["firm.Nova.appeal"] == 0.0
    assert values["firm.Citadel.levers.price"] == values["firm.Summit.levers.price"] == pytest.approx(10.0)
    assert values["network.peers"] == 8
    assert type(values["network.peers"]) is int
    made = Market(market, replicate=3)
    made.run()
    found = [goal.statistic.of(Finished(made.record)) for goal in question.goals]
    units, repeat = made.record["units"][:, 0], made.record["repeat_rate"][:, 4]
    assert found[0] == pytest.approx(made.record["share"][:, 0].mean())
    assert found[1] == pytest.approx(np.nanmean(repeat))
    assert found[2] == pytest.approx(units[8:12].mean() / units[4:8].mean())
    assert found[3] == pytest.approx(made.record["revenue"][:, 0].sum() / units.sum())
    assert found[4] == made.record["militants"].max()


def test_parameters_without_a_name_can_be_told_apart(read):
    keys = ("firm.Nova.appeal", "firm.Agora.appeal", "population.traits.inertia.mean", "network.peers")
    text = "".join(f'[[parameter]]\nkey = "{key}"\nlow = 1.0\nhigh = 5.0\n' for key in keys)
    targets = GOOD[GOOD.index("[[target]]") :]
    assert [one.name for one in read(text + targets).parameters] == [*keys[:2], "inertia.mean", "peers"]
    text = text.replace("[[parameter]]", '[[parameter]]\nname = "same"')
    assert any("same" in line for line in refused(read, text + targets))


def test_the_schema_knows_what_a_targets_file_may_say(command):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(command("schema", "--targets").out)
    check = jsonschema.Draft202012Validator(schema)
    assert check.is_valid(tomllib.loads(GOOD))
    assert not check.is_valid(tomllib.loads(GOOD.replace("kind = ", "kynd = ")))


def test_the_same_question_has_the_same_fingerprint_however_it_is_written(read):
    assert read(GOOD).fingerprint == read(GOOD.replace("\n\n", "\n# a word\n")).fingerprint
    assert read(GOOD).fingerprint != read(GOOD.replace("value = 0.2", "value = 0.21")).fingerprint
    assert read(GOOD).fingerprint != read(GOOD.replace("low = -1.0", "low = -0.9")).fingerprint


BAD = """
[[parameter]]
key = "firm.Nov.appeal"
low = -1.0
high = 1.0
[[parameter]]
key = "mechanisms.purchase.zapping"
low = 0.01
high = 30.0
[[parameter]]
key = "seed"
low = 1
high = 2
[[parameter]]
key = "firm.Nova.strategy"
low = 1.0
high = 2.0
[[parameter]]
key = "firm.Agora.appeal"
low = 1.0
high = 1.0
[[parameter]]
key = "firm.Summit.appeal"
[[parameter]]
name = "agora"
key = "firm.Mirage.appeal"
low = 0.0
high = 1.0
[[parameter]]
key = "firm.Mirage.appeal"
low = 0.0
high = 1.0
[[target]]
kind = "share"
of = "Nava"
value = 0.2
sd = 0.01
[[target]]
kind = "figure"
figure = "militant"
value = 1.0
sd = 1.0
[[target]]
kind = "figure"
figure = "quality"
value = 1.0
sd = 1.0
[[target]]
kind = "figure"
figure = "hhi"
of = "Nova"
value = 1.0
sd = 1.0
[[target]]
kind = "figure"
figure = "hhi"
weeks = [5, 40]
value = 1.0
sd = 1.0
[[target]]
kind = "kpi"
formula = "open('x')"
value = 1.0
sd = 1.0
[[target]]
kind = "share"
of = "Nova"
[[target]]
kind = "kpi"
formula = "mean(hhi)"
value = 0.3
[[target]]
kind = "kpi"
formula = "mean(hhi)"
low = 0.3
[[target]]
kind = "kpi"
formula = "mean(hhi)"
low = 0.3
high = 0.2
"""

EXPECTED = [
    (3, "did you mean 'Nova'?"),
    (7, "0.05"),
    (7, "20"),
    (11, "all runs have it in common"),
    (15, "firm.Nova.strategy is no number"),
    (20, "lower bound 1 must be below the upper one 1"),
    (22, "what is believed of it is missing"),
    (29, "firm.Mirage.appeal is a parameter already"),
    (35, "did you mean 'Nova'?"),
    (40, "did you mean 'militants'?"),
    (43, "quality is of one of: Nova, Citadel"),
    (51, "takes no name"),
    (57, "from 1 to 12"),
    (62, "there is no function 'open'"),
    (65, "or a panel with --panel"),
    (68, "value and sd"),
    (72, "both low and high"),
    (79, "lower bound 0.3 must be below"),
]


def test_all_mistakes_are_told_at_once_with_their_lines(read):
    lines = refused(read, BAD)
    for line, said in EXPECTED:
        assert [one for one in lines if one.startswith(f"targets.toml:{line}: ") and said in one], (line, said, lines)
    assert len(lines) == len(EXPECTED)


def test_wrong_words_are_answered_with_the_nearest(read):
    lines = refused(
        read,
        '[[parameter]]\nkey = "firm.Nova.appeal"\nlow = 0.0\nhihg = 1.0\n'
        '[[target]]\nkind = "shares"\nof = "Nova"\nvalue = 1.0\nsd = -1.0\n',
    )
    assert any("hihg" in line and "did you mean 'high'?" in line for line in lines)
    assert any("did you mean 'share'?" in line for line in lines)


@pytest.mark.parametrize("text", ["", "[[parameter]]\nkey = 1\n", "[[target]]\n", "x = [", "kind = 3"])
def test_what_is_no_targets_file_is_refused(read, text):
    assert refused(read, text)


def test_mistakes_are_told_in_french(read):
    with use_language("fr"):
        lines = refused(read, BAD)
    assert any("il manque ce que l'on en croit" in line for line in lines)
    assert any("toutes les simulations l'ont en commun" in line for line in lines)
    assert len(lines) == len(EXPECTED)


def test_a_panel_gives_values_with_their_errors(read):
    panel = catsup()
    names = panel.brands
    firms = {f"firm.{old}.name": new for old, new in zip(("Nova", "Citadel", "Summit", "Mirage"), names, strict=False)}
    from sim.scenario import changed

    market = changed(load("baseline", {"horizon": 12}), firms)
    text = (
        '[[parameter]]\nkey = "mechanisms.purchase.taste_spread"\nlow = 0.5\nhigh = 2.0\n'
        f'[[target]]\nkind = "share"\nof = "{names[0]}"\n[[target]]\nkind = "repeat_rate"\n'
        f'[[target]]\nkind = "repeat_rate"\nof = "{names[1]}"\nsd = 0.5\n'
    )
    first, rate, own = read(text, panel, market).goals
    assert first.low == first.high == pytest.approx((panel.chosen == 0).mean())
    assert rate.low == pytest.approx(repeats(panel).rate())
    # Errors from households drawn anew: near those of as many households' own shares (tolerance 25 %).
    counts = panel.counts
    share = counts[:, 0] / counts.sum(axis=1)
    weights = counts.sum(axis=1) / counts.sum()
    error = np.sqrt((weights**2 * (share - first.low) ** 2).sum())
    assert first.sd == pytest.approx(error, rel=0.25)
    after = panel.last == 1
    assert own.low == pytest.approx((panel.chosen[after] == 1).mean())
    assert own.sd == 0.5


def test_a_brand_that_the_panel_lacks_is_refused(read):
    text = GOOD.replace("value = 0.2\nsd = 0.01\n", "")
    assert any("no brand 'Nova' in the panel" in line for line in refused(read, text, panel=catsup()))
    assert any("--panel" in line for line in refused(read, text))


@pytest.mark.parametrize(
    "prior",
    [
        Uniform(distribution="uniform", low=2.0, high=5.0),
        Loguniform(distribution="loguniform", low=0.1, high=10.0),
        Normal(distribution="normal", mean=1.0, sd=2.0, low=0.0),
        Lognormal(distribution="lognormal", median=3.0, sigma=0.5, high=4.0),
    ],
)
def test_priors_stay_within_their_bounds_and_rise(prior):
    cube = np.linspace(0, 1, 101)
    values = prior.value(cube)
    low, high = prior.ends()
    assert values[0] == pytest.approx(low)
    assert values[-1] == pytest.approx(high)
    assert (np.diff(values) > 0).all()
    assert low <= values.min() <= values.max() <= high


def test_a_normal_prior_is_normal():
    # 4096 even points, cut at 4 standard deviations: mean and sd of a standard normal to 1e-2.
    values = Normal(distribution="normal", mean=0.0, sd=1.0).value((np.arange(4096) + 0.5) / 4096)
    assert values.mean() == pytest.approx(0.0, abs=1e-9)
    assert values.std() == pytest.approx(1.0, abs=1e-2)
