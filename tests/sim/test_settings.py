import copy

import pytest

from sim.problems import Place, ScenarioError
from sim.settings import apply_settings
from sim.text import use_language
from sim.toml_files import paths, read

TEXT = """\
horizon = 104
[[firm]]
name = "Nova"
levers = { price = 9.5, shade = { hue = 1 } }
[[firm]]
name = "Nova Plus"
[[firm]]
name = "v1.5"
[[firm]]
name = "2"
[[event]]
week = 20
[[event]]
week = 30
[care]
distribution = "lognormal"
sigma = 0.4
"""


@pytest.fixture
def document(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text(TEXT)
    with use_language("en"):
        yield read("a.toml")


def problems(document, *settings):
    with pytest.raises(ScenarioError) as raised:
        apply_settings(document, settings)
    return str(raised.value).splitlines()


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("horizon=3", ("horizon",), 3),
        (" horizon = 3 ", ("horizon",), 3),
        ("horizon=1_000", ("horizon",), 1000),
        ("firm.Nova.levers.price=9", ("firm", 0, "levers", "price"), 9),
        ('firm."Nova Plus".strategy=mass', ("firm", 1, "strategy"), "mass"),
        # A shell takes the quotes away.
        ("firm.Nova Plus.strategy=mass", ("firm", 1, "strategy"), "mass"),
        ("firm.'v1.5'.strategy=mass", ("firm", 2, "strategy"), "mass"),
        # A name goes before a position.
        ("firm.2.strategy=mass", ("firm", 3, "strategy"), "mass"),
        ("event.1.week=5", ("event", 1, "week"), 5),
        ("event.1={ week = 7 }", ("event", 1), {"week": 7}),
        ("mechanisms.beliefs.speed=0.3", ("mechanisms", "beliefs", "speed"), 0.3),
        ("title.en=a b = c # d", ("title", "en"), "a b = c # d"),
        ("title.en=#1", ("title", "en"), "#1"),
        ('title.en=""', ("title", "en"), ""),
        ("title.en='x'", ("title", "en"), "x"),
        ("title.en=1\nhorizon = 5", ("title", "en"), "1\nhorizon = 5"),
        ("title.été=Été", ("title", "été"), "Été"),
        ("a=true", ("a",), True),
        ("a=True", ("a",), "True"),
        ("a=9,5", ("a",), "9,5"),
        ("a=[1, [2]]", ("a",), [1, [2]]),
        ("firm=[]", ("firm",), []),
    ],
)
def test_a_setting(document, setting, path, value):
    changed = apply_settings(document, [setting])
    assert changed.value(path) == value
    assert type(changed.value(path)) is type(value)
    assert {changed.places[(*path, *inner)] for inner, _ in paths(value)} == {Place("--set", 0)}
    assert set(changed.places) == {at for at, _ in paths(changed.data)}
    for at, old in paths(document.data):
        is_apart = at[: len(path)] != path and path[: len(at)] != at
        if is_apart:
            assert changed.value(at) == old
            assert changed.places[at] == document.places[at]


def test_the_document_and_the_values_given_are_left_as_they_are(document):
    before = copy.deepcopy(document.data)
    table = {"x": {"y": 1}}
    changed = apply_settings(document, {"firm.Nova.levers": table, "firm.Nova.levers.x.y": 2})
    assert changed.value(("firm", 0, "levers")) == {"x": {"y": 2}}
    assert table == {"x": {"y": 1}}
    assert document.data == before


def test_settings_as_a_mapping_or_as_one_text(document):
    assert apply_settings(document, {"horizon": "5", "seed": 7}).data["horizon"] == 5
    assert apply_settings(document, {"horizon": "5", "seed": 7}).data["seed"] == 7
    assert apply_settings(document, "horizon=6").data["horizon"] == 6
    assert apply_settings(document, ()).data == document.data


def test_the_last_of_two_settings_counts(document):
    assert apply_settings(document, ["horizon=1", "horizon=2"]).data["horizon"] == 2


def test_another_distribution_drops_the_parameters_of_the_first(document):
    changed = apply_settings(document, ["care.distribution=gamma", "care.mean=2"])
    assert changed.data["care"] == {"distribution": "gamma", "mean": 2}
    same = apply_settings(document, ["care.distribution=lognormal", "care.sigma=2"])
    assert same.data["care"] == {"distribution": "lognormal", "sigma": 2}


def test_a_table_called_distribution_leaves_its_neighbours_alone(document):
    changed = apply_settings(document, ["mechanisms.leaks.enabled=false", "mechanisms.distribution={ speed = 0.1 }"])
    again = apply_settings(changed, ["mechanisms.distribution={ speed = 0.2 }"])
    assert again.data["mechanisms"] == {"leaks": {"enabled": False}, "distribution": {"speed": 0.2}}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("firm.Nva.levers.price=1", "--set firm.Nva: firm has no element \"Nva\"; did you mean 'Nova'?"),
        ("firm.NOVA.levers.price=1", "--set firm.NOVA: firm has no element \"NOVA\"; did you mean 'Nova'?"),
        ("firm.zzz.a=1", '--set firm.zzz: firm has no element "zzz"; known: Nova, Nova Plus, v1.5, 2'),
        ("event.7.week=1", '--set event.7: event has no element "7"; known: 0, 1'),
        ("event.-1.week=1", "--set event.-1: event has no element \"-1\"; did you mean '1'?"),
        ("event.x.week=1", '--set event.x: event has no element "x"; known: 0, 1'),
        ("horizon.weeks=1", "--set horizon.weeks: horizon is a single value, there are no keys in it"),
        ("horizon", '--set: must have the form key=value, not "horizon"'),
        ("", '--set: must have the form key=value, not ""'),
        ("=3", '--set: must have the form key=value, not "=3"'),
        ("firm..x=3", '--set: must have the form key=value, not "firm..x=3"'),
        ('firm."Nova=3', "--set: must have the form key=value"),
        ("firm.x.=3", "--set: must have the form key=value"),
        ("horizon=", '--set horizon: has no value; an empty text is written ""'),
        ("horizon=[1", '--set horizon: is not a valid value: "[1"'),
        ('title.en="x', "--set title.en: is not a valid value"),
        ("extends=other", "--set extends: cannot be set, only written in a file"),
        ("clear=[]", "--set clear: cannot be set, only written in a file"),
        ("horizon=9223372036854775808", "--set horizon: whole numbers must be between"),
        ("a=" + "[" * 5000, "--set a: is not a valid value"),
        (".".join("a" * 5000) + "=1", "--set a.a.a"),
    ],
)
def test_mistakes(document, setting, expected):
    (line,) = problems(document, setting)
    assert line.startswith(expected)


def test_huge_numbers_stay_texts_that_the_model_refuses(document):
    assert apply_settings(document, ["horizon=" + "9" * 5000]).data["horizon"] == "9" * 5000


def test_mistakes_of_several_settings_are_reported_together(document):
    assert len(problems(document, "horizon", "seed=1", "firm.x.y=1")) == 2


@pytest.mark.parametrize("settings", [{"horizon": None}, {"a=b": "3"}, {"": "3"}])
def test_mistakes_in_a_mapping(document, settings):
    with pytest.raises(ScenarioError, match="must have the form key=value"):
        apply_settings(document, settings)


def test_in_french(document):
    with use_language("fr"):
        assert problems(document, "firm.Nva.x=1", "horizon") == [
            "--set firm.Nva: firm n'a pas d'élément \"Nva\" ; vouliez-vous dire « Nova » ?",
            '--set: doit avoir la forme clé=valeur, et non "horizon"',
        ]
