"""The whole way of a scenario file, as the program goes it."""

import subprocess
import sys

import pytest
from pydantic import BaseModel, ConfigDict, Field

from sim.documents import ScenarioError, apply_settings, resolve, validate
from sim.text import use_language


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Firm(Strict):
    name: str
    price: float = Field(gt=0)


class Scenario(Strict):
    horizon: int = Field(gt=0)
    seed: int = 0
    firms: list[Firm] = Field(alias="firm")


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "baseline.toml").write_text(
        'horizon = 104\n[[firm]]\nname = "Nova"\nprice = 9\n[[firm]]\nname = "Orba"\nprice = -1\n'
    )
    (tmp_path / "child.toml").write_text(
        'extends = "baseline"\nsede = 3\n\n[[firm]]\nname = "Pico"\n[[firm]]\nname = "Nova"\nprice = "x"\n'
    )
    return tmp_path


def made(files, name, settings=()):
    return validate(apply_settings(resolve(name, files / "library"), settings), Scenario)


def test_a_mended_scenario(files):
    scenario = made(files, "baseline", ["firm.Orba.price=2.5", "seed=7"])
    assert (scenario.horizon, scenario.seed) == (104, 7)
    assert [(firm.name, firm.price) for firm in scenario.firms] == [("Nova", 9.0), ("Orba", 2.5)]


def test_each_mistake_is_placed_in_the_file_that_made_it(files):
    with use_language("en"), pytest.raises(ScenarioError) as raised:
        made(files, "child.toml", ["horizon=0"])
    with use_language("en"):
        assert str(raised.value).splitlines() == [
            "--set horizon: must be greater than 0, not 0",
            "child.toml:2: sede: unknown key; did you mean 'seed'?",
            "child.toml:4: firm.Pico.price: is missing and has no default",
            'child.toml:8: firm.Nova.price: must be a number, not "x"',
            "library/baseline.toml:7: firm.Orba.price: must be greater than 0, not -1",
        ]


def test_in_french(files):
    with use_language("fr"), pytest.raises(ScenarioError) as raised:
        made(files, "baseline", ["seed=x"])
    assert str(raised.value).splitlines() == [
        '--set seed: doit être un nombre entier, et non "x"',
        "library/baseline.toml:7: firm.Orba.price: doit être supérieur à 0, et non -1",
    ]


def test_the_import_is_light(monkeypatch):
    monkeypatch.undo()  # back in the folder of the project
    code = "import sys, sim.documents; print([m for m in ('pandas', 'numpy', 'mesa') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
