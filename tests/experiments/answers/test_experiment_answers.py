"""Sensitivity, discover, advise and rivals as a user types them, on markets whose answers are known."""

from __future__ import annotations

import json
import sqlite3
import sys
import types
from typing import Any

import pytest

from experiments.answers import folder as folders
from experiments.answers.kinds import tell
from experiments.exits import Exit
from sim.text import use_language
from tests.experiments.answers.known import IDLE, LEVERS, UNKNOWN, KnownMarket, experiment


def read(folder) -> Any:
    """Read findings of whatever kind."""
    return folders.read(folder)


@pytest.fixture
def known(monkeypatch):
    """Put a known market in place of the real one, in this process alone; give a setter of its function."""
    module = types.ModuleType("sim.market")
    module.__dict__["Market"] = KnownMarket
    monkeypatch.setitem(sys.modules, "sim.market", module)
    from experiments.batch.executors import Here

    monkeypatch.setattr("experiments.batch.executors.chosen", lambda *_: Here())
    monkeypatch.setattr(KnownMarket, "runs", 0)
    monkeypatch.setattr(KnownMarket, "luck", 0.0)
    monkeypatch.setattr(KnownMarket, "fails_at", {})

    def use(function, luck=0.0):
        monkeypatch.setattr(KnownMarket, "function", staticmethod(function))
        monkeypatch.setattr(KnownMarket, "luck", luck)

    return use


def linear(firms):
    """Two parts of the share are the price's, one is openness's, over their ranges: variances as 4 to 1."""
    nova = firms["Nova"].levers
    return {"share": {"Nova": 0.5 - 0.05 * (nova.price - 8) + 0.1 * nova.openness}}


def corner(firms):
    nova = firms["Nova"].levers
    return {"share": {"Nova": 0.1 if nova.price > 10 and nova.openness < 0.5 else 0.3}}


def in_both_languages(folder):
    """Tell the findings of a folder in both languages; give the answers."""
    answers = []
    for code in ("en", "fr"):
        with use_language(code):
            told = tell(read(folder))
            assert told.charts
            for chart in told.charts:
                json.dumps(chart.figure(), allow_nan=False)
            for table in told.tables:
                assert all(len(row) == len(table.columns) for row in table.rows)
            answers.append(told.answer)
    assert answers[0] != answers[1]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "plotly" in page.lower()
    return answers


# Sensitivity


@pytest.mark.slow
def test_saltelli_gives_the_shares_of_a_linear_market(known, command, tmp_path):
    known(linear, luck=0.01)
    path = experiment(tmp_path, 'kind = "saltelli"\nsize = 64', LEVERS + IDLE, replicates=2)
    ended = command("sensitivity", path, "--figure", "share:Nova", "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    arm = read(tmp_path / "out").arms[0]
    price, openness, peers = arm.factors
    assert arm.method == "sobol"
    assert price.indices["first"].value == pytest.approx(0.8, abs=0.05)
    assert openness.indices["total"].value == pytest.approx(0.2, abs=0.05)
    assert peers.indices["total"].value == pytest.approx(0.0, abs=1e-6)
    assert len(arm.weeks) == 15
    assert len(arm.series) == 3
    answers = in_both_languages(tmp_path / "out")
    assert "depends most on price" in answers[0]
    assert "dépend le plus de price" in answers[1]


def test_morris_gives_the_effect_over_the_whole_range(known, command, tmp_path):
    known(linear)
    path = experiment(tmp_path, 'kind = "morris"\ntrajectories = 6', LEVERS + IDLE, replicates=2)
    ended = command("sensitivity", path, "--figure", "share.Nova", "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)["arms"][0]
    effects = {one["name"]: one["indices"] for one in found["factors"]}
    assert effects["price"]["mean"]["value"] == pytest.approx(-0.2)
    assert effects["openness"]["size"]["value"] == pytest.approx(0.1)
    assert effects["peers"]["size"]["is_undecided"]
    in_both_languages(tmp_path / "out")


@pytest.mark.slow
def test_given_data_and_an_emulator_agree_and_no_index_is_negative(known, command, tmp_path):
    known(linear)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 128', LEVERS + IDLE, replicates=2)
    assert command("sensitivity", path, "--figure", "share:Nova", "--out", tmp_path / "out").code == 0
    runs = KnownMarket.runs
    ended = command("sensitivity", tmp_path / "out", "--figure", "share:Nova", "--emulate", "--out", tmp_path / "two")
    assert ended.code == 0, ended.err
    assert KnownMarket.runs == runs  # a folder is asked again without a run
    given, emulated = (read(tmp_path / name).arms[0] for name in ("out", "two"))
    assert emulated.held_out > 0.99
    for one in given.factors:
        assert one.indices["first"].value >= 0
        # A fifth of the variance is too little for PAWN to see in so few runs, and nothing is nothing.
        assert (one.indices["pawn"].value > given.dummy) == (one.name == "price")
    for place, share in enumerate((0.8, 0.2, 0.0)):
        assert emulated.factors[place].indices["first"].value == pytest.approx(share, abs=0.02)
        assert given.factors[place].indices["first"].value == pytest.approx(share, abs=0.12)
    in_both_languages(tmp_path / "two")


@pytest.mark.slow
def test_an_emulator_learns_from_all_over_a_grid(known, command, tmp_path):
    # 500 points, of which it takes 400: those that come first have nothing of the highest fifth of prices, where alone
    # the share falls.
    known(lambda firms: {"share": {"Nova": 0.5 - 0.1 * max(0.0, firms["Nova"].levers.price - 11.0)}})
    grid = LEVERS.replace("high = 12.0", "high = 12.0\nsteps = 5").replace("high = 1.0", "high = 1.0\nsteps = 10")
    path = experiment(tmp_path, 'kind = "full_grid"', grid + IDLE + "steps = 10\n")
    ended = command("sensitivity", path, "--figure", "share:Nova", "--emulate", "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)["arms"][0]
    assert found["points"] == 400
    first = {one["name"]: one["indices"]["first"]["value"] for one in found["factors"]}
    assert first["price"] == pytest.approx(1.0, abs=0.05)
    assert first["openness"] < 0.05


def two_arms(folder, replicates=1):
    """Write an experiment of 20 prices in two scenarios, Nova being open at 0.3 and at 0.9."""
    path = experiment(
        folder, 'kind = "latin_hypercube"\nsize = 20', LEVERS.rpartition("[[factor]]")[0], replicates=replicates
    )
    other = '[[arm]]\nname = "open"\nscenario = "baseline"\nset = { "firm.Nova.levers.openness" = 0.9 }\n'
    path.write_text(path.read_text(encoding="utf-8").replace("[[factor]]", f"{other}[[factor]]", 1), encoding="utf-8")
    return path


def test_settings_that_are_paired_are_told_as_settings(known, command, tmp_path):
    known(lambda firms: {"share": {"Nova": 0.02 * firms["Nova"].levers.price + 0.1 * firms["Nova"].levers.openness}})
    path = two_arms(tmp_path)
    assert command("batch", path, "--out", tmp_path / "runs").code == 0
    ended = command("compare", tmp_path / "runs", "--figure", "share:Nova", "--out", tmp_path / "out", "--lang", "en")
    assert ended.code == 0, ended.err
    said = " ".join(ended.out.split())
    assert "20 of 20 settings" in said
    assert "futures" not in said.split("What")[0]
    # The settings move both scenarios alike: that is nothing the same luck gained.
    assert "independent runs" not in said


def test_a_failed_run_takes_its_setting_out_of_a_comparison_not_its_future(known, command, tmp_path):
    def fails_once(firms):
        if firms["Nova"].levers.openness == 0.9 and 9.0 <= firms["Nova"].levers.price < 9.2:
            raise ZeroDivisionError("a market without customers")
        return {"share": {"Nova": 0.02 * firms["Nova"].levers.price + 0.1 * firms["Nova"].levers.openness}}

    known(fails_once)
    path = two_arms(tmp_path, replicates=5)
    assert command("batch", path, "--out", tmp_path / "runs").code == Exit.RUN_FAILED
    ended = command("compare", tmp_path / "runs", "--figure", "share:Nova", "--out", tmp_path / "out", "--lang", "en")
    assert ended.code == Exit.RUN_FAILED
    found = read(tmp_path / "out")
    assert (found.settings, found.pairs) == (19, "means")
    assert found.figures[0].arms[0].pairs == 5
    assert found.figures[0].arms[0].difference.value == pytest.approx(0.06)
    assert "1 settings of the design" in " ".join(ended.out.split())
    in_both_languages(tmp_path / "out")


def test_a_draw_of_an_ensemble_is_taken_apart_into_its_columns(known, command, tmp_path):
    known(linear)
    rows = [[8 + 4 * (place * 0.618034 % 1), 4 + place % 9] for place in range(100)]
    (tmp_path / "ensemble.toml").write_text(
        'kind = "userisation ensemble"\nformat = 1\nscenario = "baseline"\n'
        '[[column]]\nname = "price"\nkeys = ["firm.Nova.levers.price"]\n'
        '[[column]]\nname = "peers"\nkeys = ["network.peers"]\n'
        f"[draws]\nvalues = {rows}\n",
        encoding="utf-8",
    )
    factor = '[[factor]]\nname = "fitted"\ndraws = "ensemble.toml"\n'
    path = experiment(tmp_path, 'kind = "full_grid"', factor)
    ended = command("sensitivity", path, "--figure", "share:Nova", "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    found = {one.name: one.indices["first"].value for one in read(tmp_path / "out").arms[0].factors}
    assert set(found) == {"price", "peers"}
    assert found["price"] > 0.8 > 0.3 > found["peers"]


@pytest.mark.parametrize(
    ("design", "words", "said"),
    [
        ('kind = "sobol"\nsize = 16', ["--figure", "share:Nova"], "60 are the least"),
        ('kind = "saltelli"\nsize = 8', ["--figure", "share:Nova"], "16 are the least"),
        ('kind = "one_at_a_time"', ["--figure", "share:Nova"], "morris"),
        ('kind = "sobol"\nsize = 16', ["--figure", "sharp:Nova"], "'share'"),
        ('kind = "sobol"\nsize = 16', ["--figure", "share"], "Citadel"),
    ],
)
def test_what_cannot_be_asked_is_said(known, command, tmp_path, design, words, said):
    known(linear)
    ended = command("sensitivity", experiment(tmp_path, design, LEVERS), *words, "--out", tmp_path / "out")
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_a_missing_extra_names_the_command_that_installs_it(known, command, tmp_path, monkeypatch):
    known(linear)
    monkeypatch.setattr("experiments.answers.extras.find_spec", lambda _: None)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', LEVERS)
    ended = command("discover", path, "--fails", "share:Nova < 0.2")
    assert ended.code == Exit.BAD_INPUT
    assert "pip install 'userisation[analysis]'" in ended.err
    ended = command("advise", path, "--objective", "share:Nova")
    assert "pip install 'userisation[optimise]'" in ended.err
    assert KnownMarket.runs == 0


# Discover


@pytest.mark.slow
def test_the_corner_of_failures_is_found_and_drawn(known, command, tmp_path):
    known(corner)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 256', LEVERS + IDLE, replicates=2)
    ended = command("discover", path, "--fails", "share:Nova < 15%", "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    arm = read(tmp_path / "out").arms[0]
    assert arm.failures == 64
    box = arm.boxes[0]
    assert box.is_significant
    limits = {arm.factors[one.factor].name: one for one in box.limits}
    assert set(limits) == {"price", "openness"}
    assert limits["price"].low == pytest.approx(10, abs=0.1)
    assert limits["openness"].high == pytest.approx(0.5, abs=0.03)
    assert min(box.held.coverage, box.held.density, box.held_out.density) > 0.9
    assert arm.accuracy > 0.9
    answers = in_both_languages(tmp_path / "out")
    assert "price > " in answers[0]
    assert "openness < " in answers[0]


def test_failures_everywhere_or_nowhere_are_an_answer(known, command, tmp_path):
    known(corner)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', LEVERS)
    for limit, said in (("5%", "in none of 64 points"), ("90%", "in all of 64 points")):
        ended = command("discover", path, "--fails", f"share:Nova < {limit}", "--out", tmp_path / "out")
        assert ended.code == 0, ended.err
        assert said in " ".join(ended.out.split())
        assert read(tmp_path / "out").arms[0].boxes == ()


def test_without_a_pattern_none_is_claimed(known, command, tmp_path):
    def noise(firms):
        nova = firms["Nova"].levers
        return {"share": {"Nova": (nova.price * 7919.123 + nova.openness * 104729.7) % 1.0}}

    known(noise)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 128', LEVERS)
    ended = command("discover", path, "--fails", "share:Nova < 0.3", "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert "no conditions tell these from the others" in " ".join(ended.out.split())


def test_too_few_points_and_roles_without_factors_are_refused(known, command, tmp_path):
    known(corner)
    few = experiment(tmp_path, 'kind = "table"\nrows = [{ price = 9.0 }]', LEVERS)
    ended = command("discover", few, "--fails", "share:Nova < 0.2")
    assert ended.code == Exit.BAD_INPUT
    assert "nothing varies" in ended.err
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', LEVERS)
    ended = command("discover", path, "--fails", "share:Nova < 0.2", "--role", "uncertainty")
    assert ended.code == Exit.BAD_INPUT
    assert "no uncertainty varies" in ended.err


# Advise


def moving_best(firms):
    """The best price is 10 where Citadel is closed, as now, and 12 where it is open."""
    best = 10 + 2 * firms["Citadel"].levers.openness
    return {"total_profit": {"Nova": 100 - (firms["Nova"].levers.price - best) ** 2}}


PRICE = LEVERS[: LEVERS.index("[[factor]]", 20)]


@pytest.mark.slow
def test_the_robust_choice_the_best_guess_and_the_switch_are_found(known, command, tmp_path):
    known(moving_best)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', PRICE + UNKNOWN)
    words = ["--objective", "total_profit:Nova", "--runs", 800, "--consumers", 100, "--out", tmp_path / "out"]
    ended = command("advise", path, *words, "--set-nothing")
    assert ended.code == Exit.BAD_INPUT
    ended = command("advise", path, *words)
    assert ended.code == 0, ended.err
    found = read(tmp_path / "out")
    now = 10 + 2 * 0.1  # Citadel's openness in the baseline, as asserted below
    scenario = found.scenarios["baseline"]
    assert next(firm for firm in scenario["firm"] if firm["name"] == "Citadel")["levers"]["openness"] == 0.1
    robust, guess = found.strategies[found.robust], found.strategies[found.guess]
    assert robust.values[0] == pytest.approx(11, abs=0.25)
    assert guess.values[0] == pytest.approx(now, abs=0.25)
    assert found.advantage.low > 0
    assert found.shortfall.high < 0
    assert found.emulated
    assert min(found.held_out) > 0.9
    # Regret in a world is the squared distance from its best price, less that of the nearest strategy.
    assert robust.largest_regret < guess.largest_regret
    switch = found.switches[0]
    border = (robust.values[0] + guess.values[0]) / 2
    assert switch.boxes[0].limits[0].high == pytest.approx((border - 10) / 2, abs=0.06)
    answers = in_both_languages(tmp_path / "out")
    assert "Switch to" in answers[0]

    runs = KnownMarket.runs
    again = command("advise", path, *words)
    assert again.code == 0
    assert KnownMarket.runs - runs < 5  # nothing but the pilot
    assert read(tmp_path / "out").strategies == found.strategies


@pytest.mark.slow
def test_targets_and_two_objectives_give_a_front_and_shares(known, command, tmp_path):
    def two(firms):
        price = firms["Nova"].levers.price
        return {
            "total_profit": {"Nova": price + firms["Citadel"].levers.openness},
            "share": {"Nova": 0.5 - 0.1 * (price - 8) + 0.1 * firms["Citadel"].levers.openness},
        }

    known(two)
    levels = '[[factor]]\nrole = "lever"\nkey = "firm.Nova.levers.price"\nlevels = [8.0, 9.0, 10.0, 11.0]\n'
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', levels + UNKNOWN)
    words = ["--objective", "total_profit:Nova", "--objective", "share:Nova", "--runs", 420]
    ended = command("advise", path, *words, "--target", "share:Nova >= 35%", "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    found = read(tmp_path / "out")
    assert found.decisions == 4
    assert not found.emulated
    by_price = {one.values[0]: one for one in found.strategies}
    assert all(by_price[price].is_front for price in (8.0, 9.0, 10.0, 11.0))
    assert by_price[9.0].satisficing.value == 1.0
    # At 10, the share is 0.3 + 0.1 u: targets are met where u >= 0.5, and at the best guess (0.1) they are not.
    assert by_price[10.0].satisficing.value == pytest.approx(0.5, abs=0.06)
    assert by_price[11.0].satisficing.value == 0.0
    assert found.strategies[found.robust].values[0] == 9.0  # of those that always meet it, the one with least regret
    in_both_languages(tmp_path / "out")


COSTLY = """
[[factor]]
role = "lever"
key = "firm.Nova.levers.openness"
low = 0.0
high = 1.0
cost = { per = 150, from = 0.0 }
[[factor]]
role = "lever"
key = "firm.Nova.levers.sharing"
low = 0.0
high = 1.0
cost = { per = 20, from = 0.0 }
"""


@pytest.mark.slow
def test_a_dear_lever_is_left_alone_a_cheap_one_used_and_no_more_spent_than_may_be(known, command, tmp_path):
    def worth(firms):
        """Each lever brings 100 a week from one end to the other; Citadel's openness takes some away."""
        nova = firms["Nova"].levers
        return {"profit": {"Nova": 100 * (nova.openness + nova.sharing) - 10 * firms["Citadel"].levers.openness}}

    known(worth)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', COSTLY + UNKNOWN)
    words = ["--objective", "profit:Nova:mean", "--runs", 420]
    ended = command("advise", path, *words, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    found = read(tmp_path / "out")
    best = found.strategies[found.robust]
    assert best.values[0] == pytest.approx(0.0, abs=0.02)
    assert best.values[1] == pytest.approx(1.0, abs=0.02)
    assert best.cost == pytest.approx(150 * best.values[0] + 20 * best.values[1])
    # What is told of it is what it brings, less what it costs.
    assert best.means[0].value == pytest.approx(100 * sum(best.values[:2]) - 5 - best.cost, abs=0.3)
    assert found.payers == ("Nova",)
    answers = in_both_languages(tmp_path / "out")
    assert "a week" in answers[0]
    assert "par semaine" in answers[1]

    # Free as far as the levers are now, at 0.3 and 0.1: what is left to spend goes to the cheap one.
    own = experiment(tmp_path, 'kind = "sobol"\nsize = 64', COSTLY.replace(", from = 0.0", "") + UNKNOWN)
    ended = command("advise", own, *words, "--spend", 10, "--out", tmp_path / "spend")
    assert ended.code == 0, ended.err
    found = read(tmp_path / "spend")
    assert all(one.cost <= 10 for one in found.strategies)
    best = found.strategies[found.robust]
    assert [lever.now for lever in found.levers] == [0.3, 0.1]
    assert best.values == pytest.approx((0.3, 0.6), abs=0.03)

    free = experiment(tmp_path, 'kind = "sobol"\nsize = 64', COSTLY.replace("cost =", "# cost =") + UNKNOWN)
    assert command("advise", free, *words, "--out", tmp_path / "free").code == 0
    found = read(tmp_path / "free")
    assert found.strategies[found.robust].values == pytest.approx((1.0, 1.0), abs=0.02)
    assert found.strategies[found.robust].cost is None


@pytest.mark.parametrize(
    ("costs", "words", "said"),
    [
        ("", ["--spend", "10"], "no lever of this file has a cost"),
        ("cost = { per = 20, from = 0.0 }", ["--spend", "-1"], "0 or more"),
        ("cost = { per = 20, from = 0.0 }", ["--spend", "1"], "as they are cost 2 a week"),
        ("cost = { per = 20, from = -1.0 }", ["--spend", "10"], "even the cheapest levers cost 20"),
        ("cost = { per = 20, from = 0.0 }", ["--objective", "own"], "formula over profits"),
        ("cost = { per = 20 }", ["--target", "own > 3"], "formula over profits"),
    ],
)
def test_costs_that_make_no_sense_are_refused_before_any_run(known, command, tmp_path, costs, words, said):
    known(linear)
    lever = f'[[factor]]\nrole = "lever"\nkey = "firm.Nova.levers.sharing"\nlow = 0.0\nhigh = 1.0\n{costs}\n'
    formula = "[record]\nformulas = { own = 'sum(profit[\"Nova\"])' }\n"
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', lever, more=formula)
    ended = command("advise", path, "--objective", "share:Nova", *words, "--out", tmp_path / "out")
    assert ended.code == Exit.BAD_INPUT
    assert said in " ".join(ended.err.split())
    assert KnownMarket.runs == 0


def test_where_hardly_anything_can_be_paid_the_little_is_found(known, command, tmp_path):
    known(linear)
    lever = '[[factor]]\nrole = "lever"\nkey = "firm.Nova.levers.sharing"\nlow = 0.0\nhigh = 1.0\ncost = {}\n'
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', lever.format("{ per = 1e12, from = 0.0 }"))
    free = 'scenario = "baseline"\nset = { "firm.Nova.levers.sharing" = 0.0 }'
    text = path.read_text(encoding="utf-8").replace('scenario = "baseline"', free)
    path.write_text(text, encoding="utf-8")
    words = ["--objective", "profit:Nova:mean", "--runs", 420, "--spend", 1, "--out", tmp_path / "out"]
    ended = command("advise", path, *words)
    assert ended.code == 0, ended.err
    assert all(one.cost <= 1 for one in read(tmp_path / "out").strategies)


def test_where_nothing_can_be_paid_it_is_said(known, command, tmp_path):
    known(linear)
    keys = ["sharing", "openness", "recognition"]
    levers = "".join(
        f'[[factor]]\nrole = "lever"\nkey = "firm.Nova.levers.{key}"\nlow = 0.0\nhigh = 1.0\n'
        "cost = { per = 1e12, from = 0.0 }\n"
        for key in keys
    )
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', levers)
    free = ", ".join(f'"firm.Nova.levers.{key}" = 0.0' for key in keys)
    text = path.read_text(encoding="utf-8").replace(
        'scenario = "baseline"', f'scenario = "baseline"\nset = {{ {free} }}'
    )
    path.write_text(text, encoding="utf-8")
    words = ["--objective", "profit:Nova:mean", "--runs", 600, "--spend", 1, "--out", tmp_path / "out"]
    ended = command("advise", path, *words)
    assert ended.code == Exit.BAD_INPUT
    assert "no decision was found that costs so little" in " ".join(ended.err.split())
    assert not (tmp_path / "out" / "findings.json").exists()


def test_a_draw_of_the_packaged_ensemble_is_a_factor_by_its_name(tmp_path):
    from experiments.batch.reading import read_experiment

    factor = '[[factor]]\nname = "the model"\ndraws = "defaults"\n'
    made = read_experiment(experiment(tmp_path, 'kind = "sobol"\nsize = 8', factor))
    draws: Any = made.factors[0].domain
    assert len(draws.ensemble) > 10
    assert draws.file == "defaults"


@pytest.mark.slow
def test_advice_over_what_the_facts_leave_open_about_the_defaults(known, command, tmp_path, monkeypatch):
    """The price that is best follows a parameter that the packaged ensemble draws: 10 where it is as by default."""
    from sim.scenario import load

    now = load("baseline").mechanisms.purchase.taste_spread
    spread: list[float] = []

    def worth(firms):
        return {"total_profit": {"Nova": 100 - (firms["Nova"].levers.price - 10 - 20 * (spread[-1] - now)) ** 2}}

    def noting(self, scenario, **options):
        spread.append(scenario.mechanisms.purchase.taste_spread)
        begin(self, scenario, **options)

    known(worth)
    begin = KnownMarket.__init__
    monkeypatch.setattr(KnownMarket, "__init__", noting)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 8', PRICE)
    words = ["--objective", "total_profit:Nova", "--over", "defaults", "--runs", 420, "--out", tmp_path / "out"]
    ended = command("advise", path, *words)
    assert ended.code == 0, ended.err
    found = read(tmp_path / "out")
    assert len(found.factors) > 10  # the columns of the ensemble
    assert "taste_spread" in {one.name for one in found.factors}
    assert found.strategies[found.guess].values[0] == pytest.approx(10, abs=0.4)
    assert found.worlds >= 40
    assert len(set(spread)) > 30
    in_both_languages(tmp_path / "out")


@pytest.mark.parametrize(
    ("over", "said"), [("default", "defaults"), ("defaults", "mechanisms.purchase.taste_spread is drawn there")]
)
def test_an_ensemble_that_does_not_fit_is_refused(known, command, tmp_path, over, said):
    known(linear)
    spread = '[[factor]]\nname = "spread"\nkey = "mechanisms.purchase.taste_spread"\nlow = 0.5\nhigh = 1.0\n'
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 8', LEVERS + spread)
    ended = command("advise", path, "--objective", "share:Nova", "--over", over, "--out", tmp_path / "out")
    assert ended.code == Exit.BAD_INPUT
    assert said in " ".join(ended.err.split())
    assert KnownMarket.runs == 0


@pytest.mark.parametrize(
    ("factors", "words", "said"),
    [
        (UNKNOWN, [], "no lever"),
        (LEVERS, ["--runs", "100"], "420 are the least"),
        (LEVERS, ["--objective", "sharp:Nova"], "'share'"),
        (LEVERS, ["--target", "share:Nova > 0.5 and share:Nova < 0.4"], "at once"),
        (LEVERS, ["--arm", "nowhere"], "baseline"),
    ],
)
def test_advice_that_cannot_be_given_is_refused_before_any_run(known, command, tmp_path, factors, words, said):
    known(linear)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', factors)
    ended = command("advise", path, "--objective", "share:Nova", *words, "--out", tmp_path / "out")
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert KnownMarket.runs == 0
    assert not (tmp_path / "out").exists()


# Rivals


@pytest.mark.slow
def test_answers_settle_at_the_known_equilibrium(known, command, tmp_path):
    def duopoly(firms):
        nova, citadel = firms["Nova"].levers.price, firms["Citadel"].levers.price
        return {"total_profit": {"Nova": -((nova - 4 - citadel / 2) ** 2), "Citadel": -((citadel - 4 - nova / 2) ** 2)}}

    known(duopoly, luck=0.5)
    words = ["--player", "Nova", "--player", "Citadel", "--lever", "price=6:12", "--consumers", 100, "--weeks", 15]
    ended = command("rivals", "baseline", *words, "--replicates", 5, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    found = read(tmp_path / "out")
    assert found.end == "equilibrium"
    for player in found.players:
        assert player.choice[0] == pytest.approx(8, abs=0.3)
        assert player.gain.value < 0.05
    in_both_languages(tmp_path / "out")
    with sqlite3.connect(tmp_path / "out" / "runs.sqlite") as file:
        (kept,) = file.execute("SELECT count(*) FROM run").fetchone()
    assert found.made.runs == kept  # however often the search asked for them
    runs = KnownMarket.runs
    assert command("rivals", "baseline", *words, "--replicates", 5, "--out", tmp_path / "out").code == 0
    assert KnownMarket.runs - runs < 5
    assert read(tmp_path / "out").made.runs == kept


def test_matching_pennies_goes_round(known, command, tmp_path):
    def pennies(firms):
        same = float((firms["Nova"].levers.openness > 0.5) == (firms["Citadel"].levers.openness > 0.5))
        return {"total_profit": {"Nova": same, "Citadel": 1 - same}}

    known(pennies)
    words = ["--player", "Nova", "--player", "Citadel", "--lever", "openness=0,1", "--lever", "price=9,10"]
    ended = command(
        "rivals", "baseline", *words, "--replicates", 5, "--consumers", 100, "--weeks", 15, "--out", tmp_path / "out"
    )
    assert ended.code == 0, ended.err
    found = read(tmp_path / "out")
    assert found.end == "cycle"
    assert found.cycle == 4
    answers = in_both_languages(tmp_path / "out")
    assert "a cycle of 4 profiles" in answers[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--player", "Nova", "--lever", "price=8:12"], "two or more"),
        (["--player", "Nova", "--player", "Citadell", "--lever", "price=8:12"], "'Citadel'"),
        (["--player", "Nova", "--player", "Citadel", "--lever", "price=12:8"], "below the second"),
        (["--player", "Nova", "--player", "Citadel", "--lever", "price"], "price=8:12"),
        (["--player", "Nova", "--player", "Citadel", "--lever", "prize=8:12"], "prize"),
        (["--player", "Nova", "--player", "Citadel", "--lever", "openness=0.2"], "two or more different"),
        (
            ["--player", "Nova", "--player", "Citadel", "--lever", "price=8:12", "--objective", "hhi"],
            "no figure of firms",
        ),
        (["--player", "Nova", "--player", "Citadel", "--lever", "price=8:12", "--runs", "200"], "344 are the least"),
    ],
)
def test_a_game_that_cannot_be_played_is_refused(known, command, tmp_path, words, said):
    known(linear)
    ended = command("rivals", "baseline", *words, "--out", tmp_path / "out")
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert KnownMarket.runs == 0


# Memory


@pytest.mark.slow
def test_a_search_that_is_stopped_goes_on_where_it_was(known, command, tmp_path, monkeypatch):
    from experiments.answers import laboratory

    known(moving_best)
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', PRICE + UNKNOWN)
    words = ["--objective", "total_profit:Nova", "--runs", 420, "--out", tmp_path / "out"]
    keep = laboratory.Laboratory.keep

    def keep_some(self, *arguments):
        keep(self, *arguments)
        if self.made == 50:
            self.stop.set()

    monkeypatch.setattr(laboratory.Laboratory, "keep", keep_some)
    ended = command("advise", path, *words)
    assert ended.code == Exit.INTERRUPTED
    assert "Go on with: userisation advise" in ended.err
    with sqlite3.connect(tmp_path / "out" / laboratory.FILE) as file:
        (kept,) = file.execute("SELECT count(*) FROM run").fetchone()
    assert kept >= 50
    monkeypatch.setattr(laboratory.Laboratory, "keep", keep)
    monkeypatch.setattr(KnownMarket, "runs", 0)
    ended = command("advise", path, *words)
    assert ended.code == 0, ended.err
    found = read(tmp_path / "out")
    assert KnownMarket.runs <= found.made.runs - kept + 4  # and the pilot


@pytest.mark.slow
def test_runs_that_fail_are_remembered_and_told(known, command, tmp_path, monkeypatch):
    known(moving_best)
    monkeypatch.setattr(KnownMarket, "fails_at", {1: 3})
    path = experiment(tmp_path, 'kind = "sobol"\nsize = 64', PRICE + UNKNOWN)
    ended = command("advise", path, "--objective", "total_profit:Nova", "--runs", 420, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert "a market without customers" in ended.err
    assert read(tmp_path / "out").made.failed > 0
