"""A quick start: Mesa leaves pandas out until it is used, and then works as ever."""

import subprocess
import sys

import pytest

from sim.text import use_language


def run(code: str) -> list[str]:
    """Run a program in a fresh Python, warnings as errors, and give the lines that it printed."""
    command = [sys.executable, "-W", "error", "-c", "import sys\nfrom experiments.startup import *\n" + code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


COLLECT = """
class Counting(mesa.Model):
    def __init__(self):
        super().__init__(rng=1)
        self.collector = mesa.DataCollector(model_reporters={"weeks": "steps"})

    def step(self):
        self.collector.collect(self)

model = Counting()
for _ in range(3):
    model.step()
table = model.collector.get_model_vars_dataframe()
print("pandas._libs" in sys.modules, list(table["weeks"]))
import pandas
print(type(table) is pandas.DataFrame)
"""


def test_pandas_is_imported_by_mesa_when_nothing_is_put_off():
    # Should this fail, Mesa has mended it, and `experiments.startup` can go.
    assert run('import mesa\nprint("pandas._libs" in sys.modules)') == ["True"]


def test_mesa_leaves_pandas_out_until_its_tables_are_asked_for():
    start = 'print(defer_pandas())\nimport mesa\nprint("pandas" in sys.modules)\n'
    assert run(start + COLLECT) == ["True", "False", "True [1, 2, 3]", "True"]


def test_the_rest_of_the_world_imports_pandas_as_ever():
    code = """
defer_pandas()
import mesa
import pandas.core.frame
import pandas
print(pandas.core.frame.DataFrame is pandas.DataFrame)
print(mesa.datacollection.pd.DataFrame is pandas.DataFrame)
"""
    assert run(code) == ["True", "True"]


def test_threads_that_look_at_once_all_find_the_whole_package():
    code = """
from concurrent.futures import ThreadPoolExecutor
defer_pandas()
from mesa.datacollection import pd
with ThreadPoolExecutor(8) as threads:
    print(sum(threads.map(lambda _: pd.Series([1, 2]).sum() == 3, range(8))))
"""
    assert run(code) == ["8"]


def test_a_look_that_python_takes_at_every_module_is_no_use():
    code = """
defer_pandas()
from mesa.datacollection import pd
print(hasattr(pd, "__file__"), "pandas._libs" in sys.modules)
print(pd.__version__ == __import__("pandas").__version__)
"""
    assert run(code) == ["False False", "True"]


def test_a_name_that_is_not_in_pandas_is_an_attribute_error():
    code = """
defer_pandas()
from mesa.datacollection import pd
print(hasattr(pd, "no_such_thing"))
"""
    assert run(code) == ["False"]


def test_source_and_files_of_the_modules_are_still_found():
    code = """
import inspect
defer_pandas()
import mesa.datacollection
print("class DataCollector" in inspect.getsource(mesa.datacollection))
"""
    assert run(code) == ["True"]


def test_it_can_be_asked_for_twice_and_is_too_late_after_the_import():
    code = "print(defer_pandas(), defer_pandas())\nimport mesa\nprint(defer_pandas())"
    assert run(code) == ["True True", "False"]
    assert run("import pandas\nprint(defer_pandas())") == ["False"]


@pytest.mark.parametrize(("language", "words"), [("en", "compiled anew"), ("fr", "compilé de nouveau")])
def test_a_run_says_when_compiled_code_cannot_be_kept(monkeypatch, capsys, language, words):
    from experiments.commands.run import tell_if_compiling
    from sim import compiling

    monkeypatch.setattr(compiling, "cache_folder", lambda: None)
    monkeypatch.setattr(compiling, "tell", compiling.tell)
    with use_language(language):
        tell_if_compiling("compiled")
    assert words in capsys.readouterr().err
