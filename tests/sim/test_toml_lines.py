import random
import string
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.toml_lines import DEEPEST, TooDeepError, locate


def paths(value, at=()):
    """All paths in a value, from the outside in."""
    if at:
        yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from paths(inner, (*at, key))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", {}),
        ("# only a note\n\n", {}),
        ("a = 1\n\nb = 2", {("a",): 1, ("b",): 3}),
        ("a . b = 1\n", {("a",): 1, ("a", "b"): 1}),
        ("\n[a.b]\nc = 1", {("a",): 2, ("a", "b"): 2, ("a", "b", "c"): 3}),
        ("[a.b]\n[a]\nc = 1", {("a",): 2, ("a", "b"): 1, ("a", "c"): 3}),
        (
            "[[f]]\nn = 1\n[f.g]\nx = 1\n[[f]] # second\nn = 2",
            {
                ("f",): 1,
                ("f", 0): 1,
                ("f", 0, "n"): 2,
                ("f", 0, "g"): 3,
                ("f", 0, "g", "x"): 4,
                ("f", 1): 5,
                ("f", 1, "n"): 6,
            },
        ),
        (
            "[[f]]\n[[f.g]]\n[[f.g]]\n[[f]]\n[[f.g]]",
            {
                ("f",): 1,
                ("f", 0): 1,
                ("f", 0, "g"): 2,
                ("f", 0, "g", 0): 2,
                ("f", 0, "g", 1): 3,
                ("f", 1): 4,
                ("f", 1, "g"): 5,
                ("f", 1, "g", 0): 5,
            },
        ),
        (
            "a = [ # [\n  1,\n  { b = 2, c.d = [3] }, # ]\n]\ne = 1",
            {
                ("a",): 1,
                ("a", 0): 2,
                ("a", 1): 3,
                ("a", 1, "b"): 3,
                ("a", 1, "c"): 3,
                ("a", 1, "c", "d"): 3,
                ("a", 1, "c", "d", 0): 3,
                ("e",): 5,
            },
        ),
        ('a = """\n[b]\nc = 1 ""\\""" # x\n"""""\nd = 1', {("a",): 1, ("d",): 5}),
        ("a = '''\n[b]\n'' \\'''\nd = 1", {("a",): 1, ("d",): 4}),
        ('a = "\\"#[" # x = 1\nb = "#"', {("a",): 1, ("b",): 2}),
        ("a = ''\nb = \"\"\nc = '#'", {("a",): 1, ("b",): 2, ("c",): 3}),
        ('\'a.b\' = 1\n"c\\u0064" = 2\n"" = 3', {("a.b",): 1, ("cd",): 2, ("",): 3}),
        (
            "[ \"x\" . 'y z' ] # h\nk = 1979-05-27 07:32:00 # d",
            {("x",): 1, ("x", "y z"): 1, ("x", "y z", "k"): 2},
        ),
        ("a = 1\r\n\r\nb = 2\r\n", {("a",): 1, ("b",): 3}),
        # Only a line feed ends a line of TOML, whatever else Python takes for the end of one.
        ('a = "x\u2028y\x85z"\nb = 1', {("a",): 1, ("b",): 2}),
        (
            "a = {}\nb = []\nc = [[], [[]]]",
            {("a",): 1, ("b",): 2, ("c",): 3, ("c", 0): 3, ("c", 1): 3, ("c", 1, 0): 3},
        ),
    ],
)
def test_each_form_of_toml(text, lines):
    assert set(paths(tomllib.loads(text))) == set(lines)
    assert locate(text) == lines


@pytest.mark.parametrize("opening", ["a = " + "[" * 40, ".".join("a" * 40) + " = 1", "[" + ".".join("a" * 40) + "]"])
def test_depth_is_limited(opening):
    with pytest.raises(TooDeepError) as raised:
        locate("first = 1\n" + opening)
    assert raised.value.line == 2


def test_nesting_up_to_the_limit_is_read():
    inner = DEEPEST - 1
    assert len(locate("a = " + "[" * inner + "1" + "]" * inner)) == DEEPEST
    with pytest.raises(TooDeepError):
        locate("a = " + "[" * (inner + 1) + "1" + "]" * (inner + 1))


@pytest.mark.parametrize("text", ["a", "a =", "[a", "[[a]", 'a = "', "a = [1", "a = {b", "= 1", "]", 'a."\\q" = 1'])
def test_of_invalid_text_the_part_before_the_mistake_is_mapped(text):
    assert locate("before = 1\n" + text)[("before",)] == 1


@given(st.text(alphabet="ab.=[]{}\"'#,\\ \n1", max_size=60))
@settings(max_examples=1500, deadline=None)
def test_any_text_is_survived_and_any_valid_text_is_mapped_completely(text):
    lines = locate(text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(lines) == set(paths(data))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


class Writer:
    """Writes a random TOML text, and notes the line of each key as it goes."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.text = ""
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.used = 0

    def put(self, text):
        self.text += text

    def note(self, path, *, again=False):
        if again or path not in self.lines:
            self.lines[path] = self.text.count("\n") + 1

    def name(self):
        self.used += 1
        return f"{self.chance.choice(['k', 'é', 'a.b', 'x y', '#', '=', '[q]', chr(92), 'Q'])}{self.used}"

    def key(self, name):
        is_bare = all(c in string.ascii_letters + string.digits + "_-" for c in name)
        escaped = '"' + name.replace("\\", "\\\\") + '"'
        coded = '"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"'
        return self.chance.choice([name, escaped] if is_bare else [escaped, coded, f"'{name}'"])

    def dotted(self, names):
        return self.chance.choice([".", " . ", "\t."]).join(self.key(name) for name in names)

    def gap(self):
        self.put(self.chance.choice(["", "", " ", "\n", " # ] } \"\"\" '''\n", "\n\n\t"]))

    def value(self, path, depth):
        kind = self.chance.randrange(10 if depth < 3 else 8)
        if kind == 8:
            self.array(path, depth)
        elif kind == 9:
            self.table(path, depth)
        else:
            self.scalar()

    def scalar(self):
        self.put(
            self.chance.choice(
                [
                    "1",
                    "-0.5e3",
                    "true",
                    "nan",
                    "1979-05-27 07:32:00Z",
                    '""',
                    "''",
                    '"a = \\" # [x]"',
                    "'[x] # \\'",
                    '"""\n[x]\na = 1\n""\\""" # """',
                    '"""one\\\n  two\\\\"""',
                    '"""""x"""""',
                    "'''\n[[x]]\nb = '' \\'''",
                    "''''x'''''",
                ]
            )
        )

    def array(self, path, depth):
        self.put("[")
        for i in range(count := self.chance.randrange(4)):
            self.gap()
            self.note((*path, i))
            self.value((*path, i), depth + 1)
            self.gap()
            if i < count - 1 or self.chance.random() < 0.3:
                self.put(",")
        self.gap()
        self.put("]")

    def table(self, path, depth):
        self.put("{ ")
        for i in range(self.chance.randrange(3)):
            self.put(", " if i else "")
            self.pair(path, depth + 1)
        self.put(" }")

    def pair(self, path, depth):
        names = [self.name() for _ in range(self.chance.choice([1, 1, 2, 3]))]
        for n in range(len(names)):
            self.note((*path, *names[: n + 1]))
        self.put(self.dotted(names) + self.chance.choice([" = ", "=", "\t=  "]))
        self.value((*path, *names), depth)

    def end(self):
        self.put(self.chance.choice(["\n", "  # a = 1 [x] ''' \"\"\"\n", "\n\n", "\r\n", "\n# [[x]]\n"]))

    def document(self):
        open_tables: list[tuple[tuple[str, ...], tuple[str | int, ...]]] = [((), ())]
        elements: dict[tuple[tuple[str, ...], tuple[str | int, ...]], int] = {}
        self.pairs(())
        for _ in range(self.chance.randrange(6)):
            names, path = self.chance.choice(open_tables)
            again = [at for at in elements if at[1][:-1] == path and self.chance.random() < 0.5]
            if again:
                names, where = again[0]
                elements[again[0]] += 1
                position = elements[again[0]]
                is_array = True
            else:
                added = [self.name() for _ in range(self.chance.choice([1, 1, 2]))]
                names, where = (*names, *added), (*path, *added)
                is_array, position = self.chance.random() < 0.6, 0
                if is_array:
                    elements[names, where] = 0
            for n in range(len(path) + 1, len(where) + 1):
                self.note(where[:n])
            if is_array:
                # Tables inside of an earlier element cannot be reached any more.
                open_tables = [t for t in open_tables if t[1][: len(where)] != where]
                for at in [at for at in elements if at[1][: len(where)] == where and at[1] != where]:
                    del elements[at]
                where = (*where, position)
            self.note(where, again=True)
            left, right = ("[[", "]]") if is_array else ("[", "]")
            self.put(f"{left} {self.dotted(names)}{right}")
            self.end()
            open_tables.append((names, where))
            self.pairs(where)
        return self.text

    def pairs(self, path):
        for _ in range(self.chance.randrange(4)):
            self.put(self.chance.choice(["", "  ", "\t"]))
            self.pair(path, 0)
            self.end()


@given(st.integers(0, 2**32))
@settings(max_examples=600, deadline=None)
def test_lines_of_generated_texts(seed):
    writer = Writer(random.Random(seed))
    text = writer.document()
    assert set(paths(tomllib.loads(text))) == set(writer.lines)
    assert locate(text) == writer.lines
