import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inheritance import LONGEST_CHAIN, merge, resolve
from sim.problems import Place, ScenarioError
from sim.text import use_language
from sim.toml_files import Document, paths, read

BASELINE = """\
horizon = 104
[title]
en = "Baseline"
fr = "Référence"
[population.traits]
care = { distribution = "lognormal", median = 0.9, sigma = 0.4 }
[[firm]]
name = "Nova"
strategy = "mass"
[firm.levers]
price = 9.5
steps = [1, 2]
[[firm]]
name = "Orba"
[[event]]
week = 20
"""


@pytest.fixture(autouse=True)
def library(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "baseline.toml").write_text(BASELINE, encoding="utf-8")
    with use_language("en"):
        yield tmp_path / "library"


def child(library, text, name="child.toml"):
    (library.parent / name).write_text(text, encoding="utf-8")
    return resolve(name, library)


def problems(library, text):
    with pytest.raises(ScenarioError) as raised:
        child(library, text)
    return str(raised.value)


def test_a_library_scenario_by_name(library):
    document = resolve("baseline", library)
    assert document.data["horizon"] == 104
    assert document.place(("firm", 0, "levers", "price")) == Place("library/baseline.toml", 11)


def test_a_child_changes_only_what_it_says(library):
    document = child(
        library,
        """\
extends = "baseline"
seed = 7
[title]
en = "Child"
[[firm]]
name = "Pico"
[[firm]]
name = "Nova"
[firm.levers]
price = 8
steps = [3]
[[event]]
week = 30
kind = "scandal"
""",
    )
    assert document.data == {
        "horizon": 104,
        "seed": 7,
        "title": {"en": "Child", "fr": "Référence"},
        "population": {"traits": {"care": {"distribution": "lognormal", "median": 0.9, "sigma": 0.4}}},
        "firm": [
            {"name": "Nova", "strategy": "mass", "levers": {"price": 8, "steps": [3]}},
            {"name": "Orba"},
            {"name": "Pico"},
        ],
        "event": [{"week": 20}, {"week": 30, "kind": "scandal"}],
    }
    for path, place in {
        ("horizon",): Place("library/baseline.toml", 1),
        ("seed",): Place("child.toml", 2),
        ("title", "en"): Place("child.toml", 4),
        ("title", "fr"): Place("library/baseline.toml", 4),
        ("firm", 0): Place("child.toml", 7),
        ("firm", 0, "strategy"): Place("library/baseline.toml", 9),
        ("firm", 0, "levers", "price"): Place("child.toml", 10),
        ("firm", 0, "levers", "steps", 0): Place("child.toml", 11),
        ("firm", 1, "name"): Place("library/baseline.toml", 14),
        ("firm", 2, "name"): Place("child.toml", 6),
        ("event", 0, "week"): Place("library/baseline.toml", 16),
        ("event", 1, "kind"): Place("child.toml", 14),
        (): Place("child.toml", 1),
    }.items():
        assert document.places[path] == place
    # The shorter array of the child leaves no place of the parent's longer one behind.
    assert set(document.places) == {path for path, _ in paths(document.data)}


def test_another_distribution_does_not_keep_the_parameters_of_the_first(library):
    def care(keys):
        text = f'extends = "baseline"\n[population.traits]\ncare = {{ {keys} }}\n'
        return child(library, text).data["population"]["traits"]["care"]

    assert care("sigma = 0.1") == {"distribution": "lognormal", "median": 0.9, "sigma": 0.1}
    assert care('distribution = "lognormal", sigma = 0.1')["median"] == 0.9
    assert care('distribution = "gamma", mean = 1') == {"distribution": "gamma", "mean": 1}


def test_a_mechanism_called_distribution_is_no_kind(tmp_path, library):
    parent = tmp_path / "parent.toml"
    parent.write_text(
        'extends = "baseline"\n[mechanisms.distribution]\ntolerance = 0.9\n[mechanisms.leaks]\nenabled = false\n'
    )
    mechanisms = child(library, f'extends = "{parent.as_posix()}"\n[mechanisms.distribution]\nspeed = 0.1\n')
    assert mechanisms.data["mechanisms"]["distribution"] == {"tolerance": 0.9, "speed": 0.1}
    assert mechanisms.data["mechanisms"]["leaks"] == {"enabled": False}


def test_clear_drops_what_is_inherited_first(library):
    document = child(
        library,
        'extends = "baseline"\nclear = ["event", "firm.Nova", "title.fr"]\n'
        '[[event]]\nweek = 5\n[[firm]]\nname = "Nova"\nstrategy = "niche"\n',
    )
    assert document.data["event"] == [{"week": 5}]
    assert document.data["firm"] == [{"name": "Orba"}, {"name": "Nova", "strategy": "niche"}]
    assert document.data["title"] == {"en": "Baseline"}
    assert document.places[("firm", 0, "name")] == Place("library/baseline.toml", 14)
    assert document.places[("firm", 1, "strategy")] == Place("child.toml", 7)
    assert set(document.places) == {path for path, _ in paths(document.data)}


def test_an_empty_array_replaces_an_array_of_tables(library):
    assert child(library, 'extends = "baseline"\nevent = []\n').data["event"] == []


def test_an_element_without_a_name_is_added_to_those_with_one(library):
    document = child(library, 'extends = "baseline"\n[[firm]]\nstrategy = "x"\n')
    assert document.data["firm"][2:] == [{"strategy": "x"}]


def test_a_value_of_another_form_replaces_the_parents(library):
    document = child(library, 'extends = "baseline"\ntitle = 3\nfirm = { name = "Nova" }\n[horizon]\nx = 1\n')
    assert document.data["title"] == 3
    assert document.data["firm"] == {"name": "Nova"}
    assert document.data["horizon"] == {"x": 1}
    assert set(document.places) == {path for path, _ in paths(document.data)}


def test_three_generations_by_name_and_by_relative_path(library):
    (library.parent / "deep").mkdir()
    child(library, 'extends = "baseline"\nseed = 1\n[[event]]\nweek = 30\n', "parent.toml")
    document = child(
        library,
        'extends = "../parent.toml"\nclear = ["event"]\nhorizon = 3\n[[event]]\nweek = 1',
        "deep/c.toml",
    )
    assert (document.data["horizon"], document.data["seed"]) == (3, 1)
    assert document.data["event"] == [{"week": 1}]
    assert document.place(("seed",)) == Place("parent.toml", 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '\nextends = "basline"',
            "child.toml:2: extends: no scenario has this name; did you mean 'baseline'?",
        ),
        ('extends = "zzz"', "child.toml:1: extends: no scenario has this name; known: baseline"),
        ('extends = "gone.toml"', "child.toml:1: extends: there is no file gone.toml"),
        ('extends = "library/"', "child.toml:1: extends: there is no file library"),
        (
            "extends = 3",
            "child.toml:1: extends: must be the name of a scenario or the path of a file, in quotes",
        ),
        ('extends = ""', "child.toml:1: extends: must be the name of a scenario"),
        ('extends = "./child.toml"', "in a circle: child.toml -> child.toml"),
        ('clear = ["event"]', "child.toml:1: clear: has a meaning only in a file with 'extends'"),
        ('extends = "baseline"\nclear = "event"', "child.toml:2: clear: must be an array of keys"),
        (
            'extends = "baseline"\nclear = [3, "", "a=b", "evnt",\n"firm.Nva", "horizon.x"]',
            "child.toml:2: clear: must be an array of keys",
        ),
    ],
)
def test_mistakes(library, text, expected):
    assert expected in problems(library, text)


def test_all_wrong_entries_of_clear_are_reported(library):
    text = problems(library, 'extends = "baseline"\nclear = [3, "a=b", "evnt",\n"firm.Nva", "horizon.x", "event"]')
    assert [line.split(": ", 2)[::2] for line in text.splitlines()] == [
        ["child.toml:2", 'must be an array of keys, such as ["event", "firm.Nova"]'],
        ["child.toml:2", 'must be an array of keys, such as ["event", "firm.Nova"]'],
        ["child.toml:2", "the extended scenario has no \"evnt\"; did you mean 'event'?"],
        ["child.toml:3", "the extended scenario has no \"firm.Nva\"; did you mean 'Nova'?"],
        ["child.toml:3", 'the extended scenario has no "horizon.x"'],
    ]


def test_a_circle_of_several_files(library):
    (library.parent / "one.toml").write_text('extends = "./two.toml"')
    (library.parent / "two.toml").write_text('\nextends = "three.toml"')
    (library.parent / "three.toml").write_text('\n\nextends = "./two.toml"')
    with pytest.raises(ScenarioError) as raised:
        resolve("one.toml", library)
    assert str(raised.value) == (
        "three.toml:3: extends: the files extend one another in a circle: two.toml -> three.toml -> two.toml"
    )


def test_the_length_of_a_chain_is_limited(library):
    for i in range(LONGEST_CHAIN):
        (library.parent / f"{i}.toml").write_text(f'extends = "./{i + 1}.toml"')
    (library.parent / f"{LONGEST_CHAIN}.toml").write_text("x = 1")
    assert resolve("./1.toml", library).data == {"x": 1}
    with pytest.raises(ScenarioError, match=f"more than {LONGEST_CHAIN} files"):
        resolve("./0.toml", library)


def test_a_mistake_in_the_parent_is_placed_there(library):
    (library / "bad.toml").write_text("\na = ")
    assert problems(library, 'extends = "bad"').startswith("library/bad.toml:2: not valid TOML")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("basline", "basline: no scenario has this name; did you mean 'baseline'?"),
        ("gone.toml", "gone.toml: there is no such file"),
        ("../library", "../library: there is no such file"),
        ("", "no scenario has this name; known: baseline"),
    ],
)
def test_a_scenario_that_is_not_there(library, name, expected):
    with pytest.raises(ScenarioError) as raised:
        resolve(name, library)
    assert str(raised.value) == expected


def test_in_french(library):
    with use_language("fr"):
        text = problems(library, 'extends = "basline"')
    assert text == "child.toml:1: extends: aucun scénario ne porte ce nom ; vouliez-vous dire « baseline » ?"


keys = st.sampled_from("abc")
values = st.recursive(
    st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: (
        st.dictionaries(keys, inner, max_size=3)
        | st.lists(st.dictionaries(keys, inner, max_size=2), max_size=2)
        | st.lists(
            st.builds(
                lambda name, rest: {"name": name, **rest},
                st.sampled_from("xyz"),
                st.dictionaries(keys, inner),
            ),
            max_size=3,
            unique_by=lambda element: element["name"],
        )
    ),
    max_leaves=12,
)
data = st.dictionaries(keys, values, max_size=3)


def placed(content, file):
    return Document(content, {path: Place(file, i) for i, (path, _) in enumerate(paths(content), 1)})


@given(data, data)
@settings(max_examples=300, deadline=None)
def test_every_value_of_a_merger_has_the_place_of_the_file_it_is_from(old, new):
    parent, child = placed(old, "parent"), placed(new, "child")
    merged = merge(parent, child)
    where = {place: path for document in (parent, child) for path, place in document.places.items()}
    source = {"parent": parent, "child": child}
    assert set(merged.places) == {path for path, _ in paths(merged.data)}
    for path, value in paths(merged.data):
        place = merged.places[path]
        if not isinstance(value, dict | list):
            assert source[place.file].value(where[place]) == value


@given(data)
@settings(max_examples=200, deadline=None)
def test_a_merger_with_nothing_changes_nothing(content):
    document, nothing = placed(content, "parent"), placed({}, "child")
    assert merge(document, nothing).data == content
    assert merge(nothing, document).data == content


def test_merge_leaves_both_documents_as_they_are(library):
    (library.parent / "child.toml").write_text('[[firm]]\nname = "Nova"\nlevers.price = 1')
    parent, own = read("library/baseline.toml"), read("child.toml")
    merged = merge(parent, own)
    merged.data["firm"][0]["levers"]["price"] = 0
    merged.data["firm"][1]["name"] = "changed"
    assert parent.data == read("library/baseline.toml").data
    assert own.data == read("child.toml").data
