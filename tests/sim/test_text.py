import threading
from string import Formatter

import pytest

from sim.text import CATALOGUE, LANGUAGES, Catalogue, language, say, use_language


@pytest.fixture
def catalogue(tmp_path):
    (tmp_path / "en.toml").write_text('hello = "hello {name}"\n[run]\nweeks = "{count} weeks, {{braces}}"\n')
    (tmp_path / "fr.toml").write_text('hello = "bonjour {name}"\n[run]\nweeks = "{count} semaines"\n')
    return Catalogue(tmp_path)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for variable in ("USERISATION_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)


def placeholders(text):
    return sorted(field for _, field, _, _ in Formatter().parse(text) if field is not None)


def test_say_in_both_languages(catalogue):
    with use_language("en"):
        assert catalogue.say("hello", name="Ada") == "hello Ada"
        assert catalogue.say("run.weeks", count=3) == "3 weeks, {braces}"
    with use_language("fr"):
        assert catalogue.say("hello", name="Ada") == "bonjour Ada"


def test_a_value_may_be_called_key(tmp_path):
    (tmp_path / "en.toml").write_text('a = "{key} {self}"\n')
    assert Catalogue(tmp_path).say("a", key=1, self=2) == "1 2"


def test_a_value_is_not_itself_a_template(catalogue):
    assert catalogue.say("hello", name="{name}") == "hello {name}"


def test_an_unknown_key_names_the_nearest(catalogue):
    with pytest.raises(KeyError, match=r"run\.week.*nearest is 'run\.weeks'"):
        catalogue.say("run.week")


def test_a_missing_value_is_named(catalogue):
    with pytest.raises(KeyError, match=r"'run\.weeks' \(en\) needs a value for 'count'"):
        catalogue.say("run.weeks")


def test_has(catalogue):
    assert catalogue.has("run.weeks")
    assert not catalogue.has("run")


def test_a_text_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "en.toml").write_text("a.b = 1\n")
    with pytest.raises(TypeError, match=r"a\.b"):
        Catalogue(tmp_path).say("a.b")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "fry_NL"}, "en"),
        ({"LANG": "fr_FR", "LC_MESSAGES": "en_US"}, "en"),
        ({"LC_MESSAGES": "en_US", "LC_ALL": "fr_FR@euro"}, "fr"),
        ({"LC_ALL": "fr_FR", "USERISATION_LANG": "EN"}, "en"),
        ({"USERISATION_LANG": "", "LANG": "fr_FR"}, "fr"),
    ],
)
def test_language_of_the_environment(monkeypatch, variables, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_a_choice_goes_before_the_environment_and_ends_with_its_block(monkeypatch):
    monkeypatch.setenv("LANG", "fr_FR")
    with use_language("en"):
        assert language() == "en"
        with use_language("fr"):
            assert language() == "fr"
        assert language() == "en"
    assert language() == "fr"


def test_a_choice_without_a_block_stays_in_its_own_thread():
    seen = []

    def work():
        use_language("fr")
        seen.append(language())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == ["fr"]
    assert language() == "en"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match=r"'de'.*en, fr"):
        use_language("de")


def test_the_catalogues_of_the_room_agree():
    english, *others = (CATALOGUE.texts(code) for code in LANGUAGES)
    for other in others:
        assert list(other) == list(english)
        for key, text in english.items():
            assert placeholders(other[key]) == placeholders(text), key


def test_say_reads_the_catalogue_of_the_room():
    assert say("document.a_table") == "a table"
