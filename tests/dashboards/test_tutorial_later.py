"""What the later steps of the tutorial tell is what comes out: compared, explained, branched, tried and advised."""

import os
import re
import subprocess
import sys

import pytest

from dashboards.batches import orders
from dashboards.batches.answers import Answers
from dashboards.batches.figures import fan_words, heat_words
from dashboards.batches.reading import Reader
from dashboards.compare import runs, telling
from dashboards.compare.asking import asked_for, natural_when
from dashboards.compare.sides import Setup, library_side
from dashboards.market.branches import fields, injected
from dashboards.market.comparing import verdict
from dashboards.market.recording import CONTRIBUTOR, ZAPPER, fitted, record
from dashboards.market.story import opening_week
from dashboards.market.text import say as say_market
from experiments.answers.advice import Advised
from experiments.answers.asked import change_text, digits_for
from experiments.answers.folder import read
from experiments.numbers import compact, count, plain_number
from experiments.pool import Pool
from sim.scenario import load
from sim.text import use_language
from tests.dashboards.tutorial_pages import LANGUAGES, ROOT, plain, step

EXPERIMENT = ROOT / "experiments" / "robust_opening.toml"
pytestmark = [pytest.mark.slow, pytest.mark.heavy]


def lived(scenario):
    recording = record(scenario)
    assert recording is not None
    return recording


def found_in(pattern, text):
    found = re.search(pattern, text)
    assert found is not None, (pattern, text)
    return found[0]


def advice_in(folder):
    advised = read(folder)
    assert isinstance(advised, Advised)
    return advised


def word_of(code, english, french):
    return {"en": english, "fr": french}[code]


@pytest.fixture(scope="module")
def ran():
    """The comparison of step 3: 16 futures of three markets of 2,500 consumers, as the page makes them."""
    sides = tuple(map(library_side, ("baseline", "sincere_opening", "hypocrite")))
    with Pool(2) as pool:
        yield runs.run(Setup(sides), pool=pool), pool


def compared_at(ran, key):
    scenarios = list(ran.setup.scenarios.values())
    return asked_for(scenarios, key, "Nova", natural_when(key), 52)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("key", ["share", "total_profit"])
def test_the_comparison_comes_to_what_is_told(ran, key, code):
    found, _ = ran
    text = step(code, 3)
    with use_language(code):
        figure = found.compared(compared_at(found, key)).figures[0]
        first, *others = telling.verdict_rows(figure, "ABC", dict.fromkeys("ABC", ""))
        assert f"| {plain(first['mean'])} |" in text
        for row in others:
            assert f"**{row['sure']}**" in text
            difference = row["difference"].removesuffix(word_of(code, " currency", " monnaie"))
            assert plain(f"| {row['mean']}, {difference} ({row['interval']}) |") in text


@pytest.mark.parametrize("key", ["share", "total_profit"])
def test_the_reasons_come_to_what_is_told(ran, key):
    """54 markets of 1,000 consumers in 8 futures, as a first look takes them."""
    found, pool = ran
    small = runs.sized(found.setup, "quick")
    changes, markets = runs.markets_to_explain(small, 1, "change", runs.BUDGETS["quick"])
    asked = compared_at(found, key)
    why = runs.explained(small, 1, asked, grouping="change", budget=runs.BUDGETS["quick"], pool=pool)
    figure, levers = why.figures[0], [change.edits[-1].key[-1] for change in why.changes]
    words = {
        "facilitation": ("facilitation", "animation"), "sharing": ("sharing", "partage"),
        "openness": ("openness", "ouverture"), "recognition": ("recognition", "reconnaissance"),
    }  # fmt: skip
    by_size = sorted(zip(figure.shares, levers, strict=True), key=lambda one: -abs(one[0].share.value))
    if key == "total_profit":
        assert [lever for _, lever in by_size[:2]] == ["facilitation", "sharing"]
    for code in LANGUAGES:
        text = step(code, 3)
        assert plain(word_of(code, "ten changes", "dix changements")) in text
        assert changes == 10
        assert re.search(rf"\b{markets} {word_of(code, 'markets', 'marchés')}", text)
        with use_language(code):
            total = figure.total
            digits = digits_for((total.high - total.low) / 2, total.value, asked)
            assert plain(change_text(total.value, asked, digits, bare=True)) in text
            for share, lever in by_size:
                if lever in words and (key == "share" or lever != "recognition"):
                    name, value = (
                        word_of(code, *words[lever]),
                        plain(change_text(share.share.value, asked, digits, bare=True)),
                    )
                    assert re.search(rf"{name}[^+−.;]* {re.escape(value)}\b", text), (code, lever, value)
                if key == "total_profit" and lever == "openness":
                    for end in (share.share.low, share.share.high):
                        assert plain(change_text(end, asked, digits, bare=True)) in text


def test_the_branch_comes_to_what_is_told():
    """One future of 5,000 consumers, and its branch."""
    scenario = fitted(load("sincere_opening"))
    untouched = lived(scenario)
    values = {field.key: field.start for field in fields("price_cut", scenario)} | {"firm": "Citadel"}
    assert (values["cut"], values["weeks"]) == (0.15, 8)
    branch = lived(injected(scenario, untouched, "price_cut", values, 50))
    assert opening_week(untouched) == 13
    people = [untouched.weight * int((untouched.channels["role"][49] == role).sum()) for role in (ZAPPER, CONTRIBUTOR)]
    for code in LANGUAGES:
        text = step(code, 4)
        with use_language(code):
            assert f" {untouched.weight:g} " in text
            for number in people:
                assert plain(compact(number)) in text
            begun = say_market("market.compare.event", event="it", week=50)
            assert plain(verdict(untouched, branch, 50, "it").removeprefix(begun)) in text


@pytest.fixture(scope="module")
def experiments_of(tmp_path_factory):
    """Give a function that carries out what the page of experiments orders, and gives the folder."""
    results = tmp_path_factory.mktemp("results")

    def carry_out(name, order, *words):
        folder = results / name
        done = order(folder)
        command = [sys.executable, "-m", "experiments", *done.words, "--workers", "2", *words]
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "USERISATION_ENV": "mine"}, check=True, capture_output=True
        )
        return folder

    return carry_out


@pytest.fixture(scope="module")
def batch(experiments_of):
    """The experiment of step 5: 1,024 runs of 2,000 consumers."""
    return experiments_of("robust", lambda folder: orders.batch(EXPERIMENT, folder, {}))


def told_of(folder, code):
    with use_language(code):
        return Answers().of(folder)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_experiment_comes_to_what_is_told(batch, code):
    text = step(code, 5)
    reader = Reader()
    with use_language(code):
        overview = reader.overview(batch)
        assert f"{overview.points} points" in text
        assert plain(count(overview.points * overview.replicates)) in text
        share, profit = (next(one for one in overview.figures if one.key == key) for key in ("share", "total_profit"))
        said = fan_words(reader.fans(batch, "share", "Nova", 4), share, "")
        told = re.findall(r"\d[\d.,]* ?%", plain(said))
        assert len(told) == 3
        for number in told:
            assert number in text
        arm = overview.arms[0]
        for figure, other in ((share, "openness"), (profit, "answer of Summit")):
            cells = heat_words(reader.grid(batch, figure.key, "Nova", arm, "price", other), figure, "", "price", other)
            told = re.findall(r"\d[\d.,]*(?:–[\d.,]*\d| ?%| ?M\b)", plain(cells))
            assert len(told) >= 4
            for number in told:
                assert number in text, (number, cells)


def test_the_conditions_of_failure_come_to_what_is_told(batch, experiments_of):
    conditions = {
        "share": ("share:Nova:end < 16%", None),
        "unknown": ("share:Nova:end < 16%", "uncertainty"),
        "profit": ("total_profit:Nova:end < 8e+06", None),
    }
    for name, (fails, role) in conditions.items():

        def order(folder, fails=fails, role=role):
            return orders.discover(batch, folder, {}, fails, role=role)

        found = experiments_of(name, order)
        for code in LANGUAGES:
            text, told = step(code, 5), told_of(found, code)
            if name != "unknown":
                assert plain(told.answer) in text
            else:
                assert word_of(code, "no conditions tell these", "aucune condition ne les distingue") in told.answer
            if name == "share":
                second = told.tables[0].rows[1]
                limit, density, held = (found_in(r"[\d.,]+(?: ?%)?", plain(second[at])) for at in (0, 2, 4))
                assert limit in text
                assert re.search(rf"{density} .*{held} ", text)
            if name == "profit":
                assert any(plain(doubt).partition(": ")[2].strip(" .") in text for doubt in told.doubts)


def test_the_advice_comes_to_what_is_told(experiments_of):
    """3,000 runs of 1,000 consumers; beside them a smaller search, and one of larger markets."""
    efforts = {"told": (3000, 1000), "small": (1500, 1000), "large": (3000, 2000)}
    found = {}
    for name, (most, consumers) in efforts.items():

        def order(folder, most=most, consumers=consumers):
            objectives = ["total_profit:Nova:end", "share:Nova:end"]
            return orders.advise(EXPERIMENT, folder, {}, objectives, runs=most, consumers=consumers)

        found[name] = experiments_of(name, order)
    advice = advice_in(found["told"])
    unbeaten = sum(regret == 0 for regret in advice.regret[advice.robust])
    for code in LANGUAGES:
        text = step(code, 6)
        worlds = word_of(code, f"of the {advice.worlds} worlds", f"des {advice.worlds} mondes")
        assert f"{unbeaten} {worlds}" in text
        told = told_of(found["told"], code)
        assert plain(told.answer) in text
        strategies, regrets, switches = ([list(map(plain, row)) for row in table.rows] for table in told.tables)
        shown = 0
        for (name, price, _, _, helpers, profit, share, _), (_, guess, worst, mean, _, largest) in zip(
            strategies, regrets, strict=True
        ):
            means = [one.partition(" (")[0] for one in (share, profit)]
            row = " | ".join([name, price, helpers, *means, worst, guess, mean.partition(" (")[0], largest])
            shown += f"| {row} |" in text
        assert shown == 5
        within, reach = switches[0][3].split(" (")
        assert re.search(rf"{within} [^|]*\({re.escape(reach)}", text)
        small, large = (advice_in(found[name]) for name in ("small", "large"))
        assert [note.doubt for note in small.notes] == ["few_decisions"]
        assert "few_decisions" not in [note.doubt for note in (*advice.notes, *large.notes)]
        assert small.robust == small.guess
        settled = found_in(r"1500.*?(?=- \*)", text)
        (doubt,) = told_of(found["small"], code).doubts
        assert plain(doubt.partition(": ")[0])[1:] in settled
        with use_language(code):
            for one in (small, large):
                price, _, _, helpers = one.strategies[one.robust].values
                assert f" {plain_number(round(price, 2))} " in settled
                assert plain(count(round(helpers, -1 if helpers < 10_000 else -2))) in settled
            assert plain_number(round(large.strategies[large.guess].values[0], 2)) in settled
            assert plain(compact(large.advantage.value)) in settled
