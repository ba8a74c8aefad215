import os

import pytest

from sim.problems import Place, Problem, ScenarioError
from sim.text import use_language
from sim.toml_files import LARGEST_FILE, read


@pytest.fixture(autouse=True)
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with use_language("en"):
        yield


def written(content, name="a.toml"):
    with open(name, "wb") as stream:
        stream.write(content.encode() if isinstance(content, str) else content)
    return name


def problems(content):
    with pytest.raises(ScenarioError) as raised:
        read(written(content))
    return str(raised.value)


def test_data_and_places():
    document = read(written('horizon = 3\n\n[[firm]]\nname = "Nova"\nlevers = { price = 2.5 }\n'))
    assert document.data == {"horizon": 3, "firm": [{"name": "Nova", "levers": {"price": 2.5}}]}
    assert document.place(("firm", 0, "levers", "price")) == Place("a.toml", 5)
    assert document.place(("firm", 0, "strategy")) == Place("a.toml", 3)
    assert document.place(("firm",)) == Place("a.toml", 3)
    assert document.place(("story", "en")) == Place("a.toml", 1)
    assert document.value(("firm", 0, "levers", "price")) == 2.5
    assert document.value(("firm", 1, "levers")) is None
    assert document.value(("horizon", "x")) is None


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("horizon",), "horizon"),
        (("firm", 0, "levers", "price"), "firm.Nova.levers.price"),
        (("firm", 1, "levers"), 'firm."Nova Plus".levers'),
        (("firm", 2), "firm.2"),
        (("firm", 3, "x"), """firm.'a"b'.x"""),
        (("firm", 4), "firm.Évian-2"),
        (("firm", 9, "x.y"), 'firm.9."x.y"'),
    ],
)
def test_keys_are_written_as_for_a_setting(path, key):
    names = ['name = "Nova"', 'name = "Nova Plus"', "", "name = 'a\"b'", 'name = "Évian-2"']
    document = read(written("horizon = 3\n" + "".join(f"[[firm]]\n{name}\n" for name in names)))
    assert document.key(path) == key


@pytest.mark.parametrize(
    "content",
    ["", "\n# note\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf# note"],
    ids=["empty", "note", "bom", "bom+note"],
)
def test_an_empty_file_is_an_empty_document(content):
    document = read(written(content))
    assert document.data == {}
    assert document.place(("seed",)) == Place("a.toml", 1)


def test_byte_order_mark_and_windows_line_ends():
    document = read(written(b'\xef\xbb\xbfa = 1\r\nb = """x\r\ny"""\r\nc = 2\r\n'))
    assert document.data == {"a": 1, "b": "x\ny", "c": 2}
    assert document.place(("c",)).line == 4


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "a = 1\nb = Nova\n",
            "a.toml:2: not valid TOML: a value is missing or wrong; a text stands in quotes (at column 5)",
        ),
        ("a = 9,5\n", "a.toml:1: not valid TOML: something follows the value"),
        ("a = 1\na = 2\nb = 1\n", "a.toml:2: not valid TOML: this key or table is already there"),
        ("[a]\n[a]\n", "a.toml:2: not valid TOML: this key or table is already there"),
        ("a = { b = 1, b = 2 }\n", "this key or table is already there"),
        (
            "a = 1\nb = [1\n",
            "a.toml:2: not valid TOML: an array is not closed with ] (at the end of the file)",
        ),
        ("a = { b = 1", "a table is not closed with }"),
        ('\na = "x\n', "a.toml:2: not valid TOML: a text is not closed with a quote"),
        ('a = """x\n\n', "a text is not closed with a quote"),
        ("price 3\n", "an = must follow the key (at column 7)"),
        ("= 3\n", "this is not a key"),
        ("[a\nb = 1\n", "a.toml:1: not valid TOML: a header is not closed"),
        ('a = "C:\\q"\n', "a backslash in a text must be doubled"),
        ("a = '\x01'\n", "a character that is not allowed"),
        ("a = 1\rb = 2\n", "a.toml:1: not valid TOML"),
        ("a = \x00\n", "a.toml:1: not valid TOML"),
        ("# " + "x" * 20 + "\n[[a]]\n[a]\n", "a.toml:3: not valid TOML: this key or table is already there"),
    ],
)
def test_mistakes_of_form(content, expected):
    text = problems(content)
    assert expected in text
    assert "\n" not in text


def test_mistakes_of_form_in_french():
    with use_language("fr"):
        assert problems("a = Nova") == (
            "a.toml:1: TOML non valide : une valeur manque ou est fausse ; un texte s'écrit entre guillemets"
            " (à la colonne 5)"
        )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a = 1\nb = '\xff'\n", "a.toml:2: is not UTF-8 text"),
        ("a = 1".encode("utf-16"), "a.toml:1: is not UTF-8 text"),
        (b"#" * (LARGEST_FILE + 1), "a.toml: is larger than 1000 kB"),
        ("\na = " + "[" * 100_000, "a.toml:2: tables or arrays are nested more than 32 levels deep"),
        ("\na = " + "{a=" * 100_000, "a.toml:2: tables or arrays are nested more than 32 levels deep"),
        (".".join("a" * 200_000) + " = 1", "a.toml:1: tables or arrays are nested more than 32"),
        ("a = 1\nb = " + "9" * 5000, "a.toml:2: whole numbers must be between"),
        ("a = 1\nb = [0, 9223372036854775808]", "a.toml:2: b.1: whole numbers must be between"),
        ("b = -9223372036854775809", "a.toml:1: b: whole numbers must be between"),
        ("b = 0x" + "f" * 5000, "a.toml:1: b: whole numbers must be between"),
    ],
    ids=lambda value: None if isinstance(value, bytes) or len(value) > 60 else value,
)
def test_what_is_no_scenario(content, expected):
    text = problems(content)
    assert text.startswith(expected)
    assert len(text) < 200


def test_largest_numbers_and_largest_file_are_read():
    numbers = "a = [9223372036854775807, -9223372036854775808]\n"
    document = read(written(numbers + "#" * (LARGEST_FILE - len(numbers))))
    assert document.data == {"a": [2**63 - 1, -(2**63)]}


def test_missing_file_folder_and_device():
    os.mkdir("folder.toml")
    os.mkfifo("pipe.toml")
    for path, expected in [
        ("none.toml", "none.toml: there is no such file"),
        ("folder.toml", "folder.toml: this is a folder, not a file"),
        ("pipe.toml", "pipe.toml: this is not an ordinary file"),
        ("a\x00b.toml", "there is no such file"),
        ("x" * 5000, "x: "),
    ]:
        with pytest.raises(ScenarioError) as raised:
            read(path)
        assert expected in str(raised.value)
        assert raised.value.problems[0].place.line == 0


def test_a_file_without_permission(monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    written("a = 1")
    with pytest.raises(ScenarioError) as raised:
        read("a.toml")
    assert str(raised.value) == "a.toml: cannot be read: Permission denied"


def test_a_file_elsewhere_is_shown_by_its_path(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    written("a = 1")
    monkeypatch.chdir(tmp_path / "deep")
    assert read(tmp_path / "a.toml").place(()) == Place(str(tmp_path / "a.toml"), 1)
    monkeypatch.chdir(tmp_path)
    assert read(tmp_path / "deep" / ".." / "a.toml").place(()) == Place("a.toml", 1)


def test_repeated_names_are_all_reported():
    text = problems(
        '[[firm]]\nname = "A"\n[[firm]]\nname = "A"\n[[firm]]\nname = "B"\n[[firm]]\n  name = "A"\n'
        '[x]\ny = [{ name = "C" }, { name = "C" }]\n[[other]]\nname = "A"\n'
    )
    assert text.splitlines() == [
        'a.toml:4: firm.A.name: the name "A" is already used on line 2; names must differ',
        'a.toml:8: firm.A.name: the name "A" is already used on line 2; names must differ',
        'a.toml:10: x.y.C.name: the name "C" is already used on line 10; names must differ',
    ]


def test_an_error_with_very_many_problems_shows_the_first():
    error = ScenarioError(Problem(Place("a.toml", i), "k", "wrong") for i in range(1, 101))
    assert len(error.problems) == 100
    assert str(error).splitlines()[0] == "a.toml:1: k: wrong"
    assert str(error).splitlines()[40:] == ["... and 60 more"]
