"""Scenarios: what is refused and how it is said, what is inherited, set and changed."""

from __future__ import annotations

import json
import tomllib

import pytest

from sim.documents import ScenarioError
from sim.market import Market
from sim.scenario import changed, json_schema, library, library_folder, load
from sim.text import use_language

GOOD = """\
horizon = 20
seed = 3

[population]
size = 100
represents = 1000

[[sector]]
name = "drinks"

[[cause]]
name = "work"

[[firm]]
name = "Nova"
sector = "drinks"
[firm.levers]
price = 9.5

[[firm]]
name = "Orba"
sector = "drinks"
"""


def write(folder, text, name="mine.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder, text, settings=()):
    """The problems of a file, as (line, key, message)."""
    with pytest.raises(ScenarioError) as raised:
        load(write(folder, text), settings)
    assert all("mine.toml" in problem.place.file or problem.place.file == "--set" for problem in raised.value.problems)
    return [(problem.place.line, problem.key, problem.message) for problem in raised.value.problems]


def line_of(text, part):
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


def test_a_good_file(tmp_path):
    scenario = load(write(tmp_path, GOOD))
    assert scenario.name == "mine"
    assert (scenario.horizon, scenario.seed, scenario.population.size) == (20, 3, 100)
    assert [firm.name for firm in scenario.firms] == ["Nova", "Orba"]
    assert scenario.firms[0].levers.price == 9.5
    assert scenario.firms[1].levers.price == 10.0
    assert scenario.mechanisms.beliefs.enabled
    assert Market(scenario).week == 0


def replaced(old, new, count=1):
    assert old in GOOD
    return GOOD.replace(old, new, count)


MISTAKES = {
    "unknown key": (replaced("price = 9.5", "prise = 9.5"), "prise", "firm.Nova.levers.prise", "did you mean 'price'?"),
    "unknown table": (GOOD + "[populaton]\nsize = 3\n", "[populaton]", "populaton", "did you mean 'population'?"),
    "unknown mechanism": (
        GOOD + "[mechanisms.belief]\nspeed = 0.1\n",
        "[mechanisms.belief]",
        "mechanisms.belief",
        "did you mean 'beliefs'?",
    ),
    "unknown strategy": (
        replaced('sector = "drinks"\n[firm.levers]', 'sector = "drinks"\nstrategy = "pyramid"\n[firm.levers]'),
        "pyramid",
        "firm.Nova.strategy",
        "did you mean 'pyramidal'?",
    ),
    "unknown sector": (replaced('sector = "drinks"', 'sector = "drink"'), '"drink"', "firm.Nova.sector", "'drinks'"),
    "unknown distribution": (
        GOOD + "[population.traits]\nskill = { distribution = 'bet', mean = 0.5 }\n",
        "'bet'",
        "population.traits.skill.distribution",
        "did you mean 'beta'?",
    ),
    "out of bounds": (
        replaced("price = 9.5", "openness = 1.5"),
        "1.5",
        "firm.Nova.levers.openness",
        "must be 1 or less",
    ),
    "price zero": (replaced("price = 9.5", "price = 0"), "price = 0", "firm.Nova.levers.price", "greater than 0"),
    "absurd price": (replaced("price = 9.5", "price = 9500.0"), "9500", "firm.Nova.levers.price", "absurd"),
    "price absurdly low": (replaced("price = 9.5", "price = 0.05"), "0.05", "firm.Nova.levers.price", "absurd"),
    "absurd cost": (
        replaced('sector = "drinks"\n[firm.levers]', 'sector = "drinks"\nunit_cost = 99_999.0\n[firm.levers]'),
        "99_999",
        "firm.Nova.unit_cost",
        "hundred times",
    ),
    "nan": (replaced("price = 9.5", "price = nan"), "nan", "firm.Nova.levers.price", "must be a finite number"),
    "inf": (replaced("price = 9.5", "openness = inf"), "inf", "firm.Nova.levers.openness", "finite number"),
    "bool for a number": (
        replaced("price = 9.5", "price = true"),
        "true",
        "firm.Nova.levers.price",
        "must be a number",
    ),
    "text for a number": (replaced("size = 100", 'size = "100"'), '"100"', "population.size", "whole number"),
    "fraction for a count": (replaced("size = 100", "size = 100.5"), "100.5", "population.size", "whole number"),
    "number for a bool": (
        GOOD + "[mechanisms.crisis]\nenabled = 1\n",
        "enabled",
        "mechanisms.crisis.enabled",
        "true or false",
    ),
    "alike names": (replaced('"Orba"', '"NOVA"'), '"NOVA"', "firm.NOVA.name", "differs from Nova only in capital"),
    "the same name": (replaced('"Orba"', '"Nova"'), '"Nova"', "", "already used"),
    "an empty name": (replaced('"Orba"', '""'), '""', "name", "at least 1 character"),
    "empty sector": (
        GOOD + '[[sector]]\nname = "phones"\n',
        "[[sector]]",
        "sector.phones",
        "no firm serves this sector",
    ),
    "too few people": (
        replaced("represents = 1000", "represents = 99"),
        "99",
        "population.represents",
        "at least population.size",
    ),
    "too few consumers": (replaced("size = 100", "size = 9"), "size = 9", "population.size", "10 or more"),
    "uniform order": (
        GOOD + "[population.traits]\nskill = { distribution = 'uniform', low = 0.9, high = 0.1 }\n",
        "low = 0.9",
        "population.traits.skill.low",
        "low must not exceed high: 0.9 > 0.1",
    ),
    "trait out of bounds": (
        GOOD + "[population.traits]\nskill = { distribution = 'constant', value = 7.0 }\n",
        "7.0",
        "population.traits.skill",
        "out of bounds",
    ),
    "nobody buys": (
        replaced('name = "drinks"', 'name = "drinks"\npurchase_rate = { distribution = "constant", value = 0.0 }'),
        "purchase_rate",
        "sector.drinks.purchase_rate",
        "nobody would ever buy",
    ),
    "shares that cannot sum": (
        GOOD + "[mechanisms.contribution]\nidea_share = 0.7\ncodesign_share = 0.6\n",
        "idea_share",
        "mechanisms.contribution.idea_share",
        "together make 1.3",
    ),
    "bars out of order": (
        GOOD + "[mechanisms.activation]\nclick_cost = 0.6\nact_cost = 0.5\n",
        "act_cost",
        "mechanisms.activation.act_cost",
        "floor ≤ click_cost ≤ act_cost",
    ),
    "an event on a firm that is not there": (
        GOOD + '[[event]]\nkind = "exposure"\nweek = 3\nseverity = 0.5\nfirm = "Novo"\n',
        '"Novo"',
        "event.0.firm",
        "did you mean 'Nova'?",
    ),
    "an event on a cause that is not there": (
        GOOD + '[[event]]\nkind = "news"\nweek = 3\nseverity = 0.5\ncause = "planet"\n',
        '"planet"',
        "event.0.cause",
        "known: work",
    ),
    "an event past the horizon": (
        GOOD + '[[event]]\nkind = "exposure"\nweek = 21\nseverity = 0.5\nfirm = "Nova"\n',
        "week = 21",
        "event.0.week",
        "must be week 20 or earlier, not 21",
    ),
    "an event of an unknown kind": (
        GOOD + '[[event]]\nkind = "scandle"\nweek = 2\n',
        "scandle",
        "event.0.kind",
        "did you mean 'scandal'?",
    ),
    "an event without a kind": (GOOD + "[[event]]\nweek = 2\n", "[[event]]", "event.0.kind", "is missing"),
    "an event without its week": (
        GOOD + '[[event]]\nkind = "exposure"\nseverity = 0.5\nfirm = "Nova"\n',
        "[[event]]",
        "event.0.week",
        "is missing",
    ),
    "a change for a firm that is not there": (
        GOOD + '[[schedule]]\nweek = 3\nprice = 9.0\nfirm = "Orbi"\n',
        '"Orbi"',
        "schedule.0.firm",
        "did you mean 'Orba'?",
    ),
    "a change past the horizon": (
        GOOD + '[[schedule]]\nweek = 30\nprice = 9.0\nfirm = "Nova"\n',
        "week = 30",
        "schedule.0.week",
        "past the horizon",
    ),
    "a change that ends before it begins": (
        GOOD + '[[schedule]]\nweek = 5\nuntil = 5\nprice = 9.0\nfirm = "Nova"\n',
        "until = 5",
        "schedule.0.until",
        "must be after week 5",
    ),
    "a change of nothing": (
        GOOD + '[[schedule]]\nweek = 5\nfirm = "Nova"\n',
        "[[schedule]]",
        "schedule.0",
        "changes nothing",
    ),
    "two changes of one lever at once": (
        GOOD
        + '[[schedule]]\nweek = 5\nfirm = "Nova"\nprice = 9.0\n[[schedule]]\nweek = 5\nfirm = "Nova"\nprice = 8.0\n',
        "price = 8.0",
        "schedule.1.price",
        "already has another value",
    ),
    "an absurd price in the schedule": (
        GOOD + '[[schedule]]\nweek = 5\nfirm = "Nova"\nprice = 90_000.0\n',
        "90_000",
        "schedule.0.price",
        "absurd",
    ),
    "a stance on no cause": (
        replaced("price = 9.5", "causes = { planet = { conduct = 0.5 } }"),
        "planet",
        "firm.Nova.levers.causes.planet",
        "no cause",
    ),
    "cohorts of more than everyone": (
        GOOD + "[[cohort]]\nname = 'young'\nshare = 0.7\n[[cohort]]\nname = 'old'\nshare = 0.5\n",
        "[[cohort]]",
        "cohort",
        "together make 1.2",
    ),
    "a cohort of the rest": (
        GOOD + "[[cohort]]\nname = 'rest'\nshare = 0.7\n",
        "'rest'",
        "cohort.rest.name",
        "belong to no cohort",
    ),
    "cohorts of alike names": (
        GOOD + "[[cohort]]\nname = 'young'\nshare = 0.1\n[[cohort]]\nname = 'Young'\nshare = 0.1\n",
        "'Young'",
        "cohort.Young.name",
        "differs from young only in capital",
    ),
    "a cohort's trait out of bounds": (
        GOOD + "[[cohort]]\nname = 'young'\nshare = 0.7\n[cohort.traits]\n"
        "skill = { distribution = 'constant', value = 7.0 }\n",
        "7.0",
        "cohort.young.traits.skill",
        "out of bounds",
    ),
    "a cohort's uniform order": (
        GOOD + "[[cohort]]\nname = 'young'\nshare = 0.7\n[cohort.traits]\n"
        "skill = { distribution = 'uniform', low = 0.9, high = 0.1 }\n",
        "low = 0.9",
        "cohort.young.traits.skill.low",
        "low must not exceed high: 0.9 > 0.1",
    ),
    "a hardship of a cohort that is not there": (
        GOOD + "[[cohort]]\nname = 'young'\nshare = 0.7\n"
        '[[event]]\nkind = "hardship"\nweek = 3\nseverity = 0.5\ncohort = "yung"\n',
        '"yung"',
        "event.0.cohort",
        "did you mean 'young'?",
    ),
    "a campaign of a firm that is not there": (
        GOOD + '[[event]]\nkind = "campaign"\nweek = 3\nfirm = "Novo"\n',
        '"Novo"',
        "event.0.firm",
        "did you mean 'Nova'?",
    ),
    "a campaign of a firm's line": (
        GOOD
        + '[[firm]]\nname = "Nova Two"\nsector = "drinks"\nparent = "Nova"\n'
        + '[[event]]\nkind = "campaign"\nweek = 3\nfirm = "Nova Two"\n',
        '"Nova Two"',
        "event.0.firm",
        "let Nova run the campaign",
    ),
    "a listing without its availability": (
        GOOD + '[[event]]\nkind = "listing"\nweek = 3\nfirm = "Nova"\n',
        "[[event]]",
        "event.0.availability",
        "is missing",
    ),
    "a firm with the name of a commons": (
        GOOD.replace('name = "drinks"\n', 'name = "drinks"\ncommons = { name = "Nova" }\n', 1),
        '"Nova"',
        "firm.Nova.name",
        "already has the name Nova",
    ),
    "a firm with the name that a commons has by itself": (
        GOOD.replace('name = "drinks"\n', 'name = "drinks"\ncommons = {}\n', 1).replace(
            '"Orba"', '"commons of drinks"'
        ),
        '"commons of drinks"',
        'firm."commons of drinks".name',
        "already has the name commons of drinks",
    ),
    "a sharing market with the name of the commons": (
        GOOD.replace(
            'name = "drinks"\n',
            'name = "drinks"\ncommons = { name = "Us" }\nsharing = { name = "Us", kind = "group_buying" }\n',
            1,
        ),
        "sharing = {",
        "sector.drinks.sharing.name",
        "already has the name Us",
    ),
    "a parent that is not there": (
        GOOD + '[[firm]]\nname = "Nova Tools"\nsector = "drinks"\nparent = "Novo"\n',
        '"Novo"',
        'firm."Nova Tools".parent',
        "did you mean 'Nova'?",
    ),
    "its own parent": (
        GOOD + '[[firm]]\nname = "Nova Tools"\nsector = "drinks"\nparent = "Nova Tools"\n',
        'parent = "Nova Tools"',
        'firm."Nova Tools".parent',
        "not itself a line",
    ),
    "a line of a line": (
        GOOD
        + '[[firm]]\nname = "Nova Tools"\nsector = "drinks"\nparent = "Nova"\n'
        + '[[firm]]\nname = "Nova Nails"\nsector = "drinks"\nparent = "Nova Tools"\n',
        'parent = "Nova Tools"',
        'firm."Nova Nails".parent',
        "not itself a line",
    ),
    "a line before its firm": (
        GOOD
        + '[[firm]]\nname = "Late"\nsector = "drinks"\nenters = 8\n'
        + '[[firm]]\nname = "Late Line"\nsector = "drinks"\nenters = 7\nparent = "Late"\n',
        "enters = 7",
        'firm."Late Line".enters',
        "week 8 or later, not 7",
    ),
    "nobody at the start": (
        GOOD + '[[sector]]\nname = "phones"\n[[firm]]\nname = "Late"\nsector = "phones"\nenters = 2\n',
        "[[sector]]",
        "sector.phones",
        "let one firm of phones enter in week 1",
    ),
    "nothing to pass on": (
        GOOD.replace('name = "drinks"\n', 'name = "drinks"\nsharing = { kind = "rental" }\n', 1),
        '"rental"',
        "sector.drinks.sharing.kind",
        "choose group_buying instead of rental",
    ),
    "nothing to pass on by default": (
        GOOD.replace('name = "drinks"\n', 'name = "drinks"\nsharing = {}\n', 1),
        "sharing = {}",
        "sector.drinks.sharing.kind",
        "choose group_buying instead of second_hand",
    ),
    "an unknown kind of sharing": (
        GOOD.replace('name = "drinks"\n', 'name = "drinks"\nsharing = { kind = "group_bying" }\n', 1),
        "group_bying",
        "sector.drinks.sharing.kind",
        "did you mean 'group_buying'?",
    ),
    "an unknown mode": (
        replaced("price = 9.5", 'mode = "lend"'),
        '"lend"',
        "firm.Nova.levers.mode",
        "must be one of",
    ),
    "too many suppliers": (
        GOOD
        + "".join(
            f'[[sector]]\nname = "s{i}"\ncommons = {{}}\nsharing = {{ kind = "group_buying" }}\n'
            f'[[firm]]\nname = "f{i}"\nsector = "s{i}"\n'
            for i in range(7)
        )
        + "".join(f'[[firm]]\nname = "g{i}"\nsector = "s0"\n' for i in range(40)),
        "[[firm]]",
        "firm",
        "there are 63 firms, commons and sharing markets; together there can be 62",
    ),
    "unknown clients": (
        replaced("size = 100", 'size = 100\nclients = "business"'),
        '"business"',
        "population.clients",
        "did you mean 'businesses'?",
    ),
    "no sector": (
        GOOD.replace('[[sector]]\nname = "drinks"\n', "sector = []\n").replace("[population]", "", 0),
        "",
        "",
        "",
    ),
    "too long a name": (replaced('"Orba"', f'"{"O" * 61}"'), "OOO", "name", "at most 60"),
    "a lever that is not there": (
        GOOD + '[[schedule]]\nweek = 5\nfirm = "Nova"\nopeness = 0.4\n',
        "openess",
        "schedule.0.openess",
        "did you mean 'openness'?",
    ),
    "a place with one number": (
        replaced('name = "Orba"', 'name = "Orba"\nplace = [1.0]'),
        "place =",
        "firm.Orba.place",
        "must have 2 or more",
    ),
    "a place with three numbers": (
        replaced('name = "Orba"', 'name = "Orba"\nplace = [1, 2, 3]'),
        "place =",
        "firm.Orba.place",
        "must have 2 or fewer",
    ),
    "a place in words": (
        replaced('name = "Orba"', 'name = "Orba"\nplace = ["left", 0]'),
        "place =",
        "firm.Orba.place.0",
        "must be a number",
    ),
    "a place that is one number": (
        replaced('name = "Orba"', 'name = "Orba"\nplace = 1.0'),
        "place =",
        "firm.Orba.place",
        "must be an array",
    ),
    "a place too far out": (
        replaced('name = "Orba"', 'name = "Orba"\nplace = [0, -21]'),
        "place =",
        "firm.Orba.place.1",
        "must be -20 or more",
    ),
    "a spread below zero": (
        replaced('name = "Orba"', 'name = "Orba"\ntaste_spread = -0.1'),
        "taste_spread",
        "taste_spread",
        "0 or more",
    ),
    "a seed below zero": (replaced("seed = 3", "seed = -3"), "seed = -3", "seed", "0 or more"),
    "a horizon of nothing": (replaced("horizon = 20", "horizon = 0"), "horizon = 0", "horizon", "1 or more"),
    "a later version of the format": (
        "schema_version = 2\n" + GOOD,
        "schema_version",
        "schema_version",
        "must be one of 1",
    ),
}
del MISTAKES["no sector"]


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_said_with_its_line_key_and_remedy(tmp_path, kind):
    text, part, key, message = MISTAKES[kind]
    found = problems(tmp_path, text)
    lines = [n for n, line in enumerate(text.splitlines(), start=1) if part in line]
    assert len(found) == 1, found
    [(line, at, said)] = found
    assert message in said
    assert key in at
    assert line in lines, (line, lines)


@pytest.mark.parametrize("kind", MISTAKES)
def test_every_mistake_is_said_in_french_as_well(tmp_path, kind):
    english = problems(tmp_path, MISTAKES[kind][0])
    with use_language("fr"):
        french = problems(tmp_path, MISTAKES[kind][0])
    assert [problem[:2] for problem in english] == [problem[:2] for problem in french]
    assert [problem[2] for problem in english] != [problem[2] for problem in french]


def test_several_mistakes_are_said_at_once_in_the_order_of_lines(tmp_path):
    text = GOOD.replace("price = 9.5", "prise = 9.5\nopenness = 2.0").replace("size = 100", "size = 3")
    found = problems(tmp_path, text)
    assert [key for _, key, _ in found] == ["population.size", "firm.Nova.levers.prise", "firm.Nova.levers.openness"]
    assert [line for line, _, _ in found] == sorted(line for line, _, _ in found)


def test_several_mistakes_across_keys_are_said_at_once(tmp_path):
    text = (
        GOOD.replace('"Orba"', '"NOVA"').replace("price = 9.5", "price = 9500.0")
        + '[[event]]\nkind = "exposure"\nweek = 99\nseverity = 0.5\nfirm = "Novo"\n'
    )
    assert sorted(key for _, key, _ in problems(tmp_path, text)) == [
        "event.0.firm",
        "event.0.week",
        "firm.NOVA.name",
        "firm.Nova.levers.price",
    ]


def test_a_setting_that_is_wrong_names_the_command_line(tmp_path):
    [(line, key, message)] = problems(tmp_path, GOOD, ["firm.Nova.levers.openness=7"])
    assert (line, key) == (0, "firm.Nova.levers.openness")
    assert "1 or less" in message


# --- extends, settings, changes -----------------------------------------------------------------------------


def test_a_file_that_extends_another(tmp_path):
    write(tmp_path, GOOD, "parent.toml")
    child = write(
        tmp_path,
        'extends = "parent.toml"\nhorizon = 30\n[[firm]]\nname = "Nova"\nlevers = { openness = 0.9 }\n'
        '[[firm]]\nname = "Late"\nsector = "drinks"\n',
    )
    scenario = load(child)
    assert scenario.horizon == 30
    assert scenario.seed == 3
    assert [firm.name for firm in scenario.firms] == ["Nova", "Orba", "Late"]
    assert (scenario.firms[0].levers.price, scenario.firms[0].levers.openness) == (9.5, 0.9)


def test_a_file_that_extends_the_library(tmp_path):
    scenario = load(write(tmp_path, 'extends = "baseline"\n[population]\nsize = 77\n'))
    baseline = load("baseline")
    assert scenario.population.size == 77
    assert [firm.name for firm in scenario.firms] == [firm.name for firm in baseline.firms]
    assert scenario.text_hash != baseline.text_hash


def test_a_mistake_in_what_is_extended_is_said_where_it_is(tmp_path):
    write(tmp_path, replaced("price = 9.5", "price = true"), "parent.toml")
    with pytest.raises(ScenarioError) as raised:
        load(write(tmp_path, 'extends = "parent.toml"\n'))
    [problem] = raised.value.problems
    assert problem.place.file.endswith("parent.toml")
    assert problem.place.line == line_of(replaced("price = 9.5", "price = true"), "true")


def test_settings(tmp_path):
    path = write(tmp_path, GOOD)
    scenario = load(path, ["firm.Nova.levers.price=8.25", "population.size=50", "mechanisms.beliefs.enabled=false"])
    assert scenario.firms[0].levers.price == 8.25
    assert scenario.population.size == 50
    assert not scenario.mechanisms.beliefs.enabled
    assert load(path, {"firm.Nova.levers.price": 8.25}).firms[0].levers.price == 8.25


def test_one_number_of_a_distribution_that_holds_by_default_can_be_set():
    default = load("baseline").population.traits.half_life.model_dump()
    wanted = default | {"median": 5.0}
    assert wanted != default
    assert load("baseline", ["population.traits.half_life.median=5"]).population.traits.half_life.model_dump() == wanted
    given = {"population.traits.half_life.median": 5.0}
    assert load("baseline", given).population.traits.half_life.model_dump() == wanted
    kind = ["population.traits.half_life.distribution=constant", "population.traits.half_life.value=3"]
    other = load("baseline", kind).population.traits.half_life
    assert other.model_dump() == {"distribution": "constant", "value": 3.0}
    with pytest.raises(ScenarioError, match=r"--set population\.traits\.half_life\.mean: unknown key"):
        load("baseline", ["population.traits.half_life.mean=5"])


def test_a_setting_may_supply_what_the_file_lacks(tmp_path):
    path = write(tmp_path, GOOD.replace('sector = "drinks"\n', "", 1))
    given = ["firm.Nova.sector=drinks", "population.traits.half_life.distribution=constant"]
    loaded = load(path, [*given, "population.traits.half_life.value=3"])
    assert loaded.firms[0].sector == "drinks"


def test_a_name_that_is_not_in_the_library():
    with pytest.raises(ScenarioError, match="did you mean 'baseline'"):
        load("basline")


def test_changed_changes_what_is_named_and_nothing_else():
    baseline = load("baseline")
    other = changed(baseline, {"firm.Nova.levers.price": 8.0, "population.size": 99})
    assert (other.firms[0].levers.price, other.population.size) == (8.0, 99)
    assert baseline.firms[0].levers.price == 10.0
    back = changed(other, {"firm.Nova.levers.price": 10.0, "population.size": baseline.population.size})
    # A changed scenario claims nothing: the market is compared.
    assert back.canonical == baseline.canonical
    assert changed(baseline, {}).canonical == baseline.canonical
    assert changed(baseline, {}).text_hash == baseline.text_hash


@pytest.mark.parametrize("name", library())
def test_changed_keeps_every_scenario_of_the_library(name):
    assert changed(load(name), {}).text_hash == load(name).text_hash


def test_changed_refuses_what_is_wrong_by_itself():
    with pytest.raises(ScenarioError) as raised:
        changed(load("baseline"), {"firm.Nova.levers.openness": 3.0, "population.size": 3})
    assert sorted(problem.key for problem in raised.value.problems) == ["firm.Nova.levers.openness", "population.size"]


def test_changed_refuses_what_is_wrong_together(tmp_path):
    """A horizon before an event: the event is the problem, and it was not set."""
    text = GOOD + '[[event]]\nkind = "exposure"\nweek = 15\nseverity = 0.5\nfirm = "Nova"\n'
    with pytest.raises(ScenarioError, match="past the horizon"):
        changed(load(write(tmp_path, text)), {"horizon": 10})


def test_a_market_can_be_shorter_than_its_scenario(tmp_path):
    """`weeks` takes the place of the horizon; what lies beyond does not happen."""
    text = GOOD + '[[event]]\nkind = "exposure"\nweek = 15\nseverity = 0.5\nfirm = "Nova"\n'
    for scenario in (load(write(tmp_path, text)), str(write(tmp_path, text))):
        market = Market(scenario, weeks=4)
        market.run()
        assert market.week == 4


# --- hash and schema ----------------------------------------------------------------------------------------


def test_the_hash_depends_on_what_a_scenario_says_not_on_how_or_where(tmp_path):
    one = load(write(tmp_path, GOOD))
    swapped = GOOD.replace("horizon = 20\nseed = 3\n", "# a note\nseed = 3\nhorizon = 20\n")
    swapped = swapped.replace("[firm.levers]\nprice = 9.5", "levers = { price = 9.5, openness = 0.1 }")
    (tmp_path / "elsewhere").mkdir()
    other = load(write(tmp_path / "elsewhere", swapped))
    assert other.text_hash == one.text_hash
    assert len(one.text_hash) == 64
    assert load(write(tmp_path, GOOD.replace("9.5", "9.6"))).text_hash != one.text_hash


def test_the_hash_does_not_depend_on_the_files_name(tmp_path):
    one, other = load(write(tmp_path, GOOD)), load(write(tmp_path, GOOD, "other.toml"))
    assert one.text_hash == other.text_hash


def test_the_hash_is_the_same_whether_a_value_is_written_or_default(tmp_path):
    written = GOOD + "[mechanisms.beliefs]\nspeed = 0.1\nenabled = true\n"
    default = load(write(tmp_path, GOOD)).mechanisms.beliefs.speed
    written = written.replace("speed = 0.1", f"speed = {default!r}")
    assert load(write(tmp_path, written)).text_hash == load(write(tmp_path, GOOD)).text_hash


def test_the_hash_is_the_same_in_the_next_version_of_python():
    """Canonical JSON has sorted keys and every default."""
    canonical = load("baseline").canonical
    assert json.dumps(json.loads(canonical), sort_keys=True, ensure_ascii=False) == canonical
    assert '"rewiring"' in canonical


def validator():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def merged(name):
    """A scenario of the library as its files say it, with what it extends."""
    from sim.documents import resolve

    return resolve(name, library_folder()).data


@pytest.mark.parametrize("name", library())
def test_the_schema_accepts_the_library(name):
    data = merged(name)
    data.pop("extends", None)
    assert list(validator().iter_errors(data)) == []


def written(name):
    return tomllib.loads((library_folder() / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", library())
def test_the_schema_accepts_each_file_as_it_is_written(name):
    """An editor checks the file alone, which may say no more than what differs from what it extends."""
    assert [error.message for error in validator().iter_errors(written(name))] == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"horizn": 3}, "horizn"),
        ({"horizon": "long"}, "long"),
        ({"horizon": 0}, "minimum"),
        ({"population": {"size": 3}}, "minimum"),
        ({"event": [{"kind": "exposure", "week": 2, "firm": "Nova"}]}, "severity"),
    ],
)
def test_the_schema_refuses_what_is_wrong(change, where):
    errors = list(validator().iter_errors(merged("baseline") | change))
    assert errors
    # What is wrong with one kind of event stands in the context of the choice between kinds.
    assert any(where in str(cause) for error in errors for cause in (error, *error.context))


def test_the_schema_file_beside_the_library_is_up_to_date():
    packaged = json.loads((library_folder() / "schema.json").read_text(encoding="utf-8"))
    assert packaged == json.loads(json.dumps(json_schema()))
