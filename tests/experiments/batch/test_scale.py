"""What must not grow with the number of runs: memory of the coordinator, and bytes read for one figure."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from experiments.batch.executors import Here
from experiments.batch.folder import opened
from experiments.batch.recorded import Kept
from experiments.batch.results import FILE, open_results
from experiments.batch.runner import Runner
from experiments.batch.work import Finished
from tests.experiments.batch.files import GRID, made

pytestmark = pytest.mark.slow

POINTS, WEEKS, FIRMS, FIGURES = 200, 104, 5, 60
FIGURE_NAMES = [f"figure{number}" for number in range(FIGURES)]
LAYOUT = tuple((name, "firm", tuple("ABCDE")) for name in FIGURE_NAMES)
LATIN = GRID.replace('kind = "full_grid"', f'kind = "latin_hypercube"\nsize = {POINTS // 2}').replace(
    "replicates = 3", "replicates = 1"
)


def large(point: int) -> Finished:
    """A run that leaves a quarter of a megabyte: figure f of firm i in week w is 1000 point + f + i / 10 + w / 1000."""
    week, firm = np.arange(WEEKS)[:, None] / 1000, np.arange(FIRMS) / 10
    block = b"".join((1000.0 * point + number + firm + week).astype("<f8").tobytes() for number in range(FIGURES))
    return Finished(point, 0, 0, "done", 0.01, WEEKS, Kept(LAYOUT, block, {"figure1.A": float(point)}))


class Large(Here):
    """Gives large results at once instead of making runs."""

    def submit(self, function, *arguments):
        return self._threads.submit(lambda: [large(task.point) for task in arguments[1]])


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A folder with fifty megabytes of runs, and what the memory of this process was on the way."""
    folder = tmp_path_factory.mktemp("large")
    used = []

    def watch(done):
        pages = Path("/proc/self/statm")
        used.append((done.runs, 4096 * int(pages.read_text().split()[1]) if pages.exists() else 0))

    experiment = made(folder, LATIN)
    with opened(folder / "out", experiment, how="new") as store:
        executor = Large()
        done = Runner(experiment, store, executor, seconds=0.05, size=2.5e5, on_progress=watch).run()
        executor.close()
    assert done.runs == POINTS
    return folder / "out", used


def test_the_coordinators_memory_stays_flat(ran):
    folder, used = ran
    assert (folder / FILE).stat().st_size > 45e6
    half = next(memory for runs, memory in used if runs >= POINTS / 2)
    # The second half of the runs is 25 megabytes of results: hardly any of it may stay.
    assert used[-1][1] - half < 10e6


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts the bytes read in /proc")
def test_one_figure_is_found_without_reading_the_others(ran):
    folder, _ = ran

    def read() -> int:
        return int(Path("/proc/self/io").read_text(encoding="ascii").split("rchar:")[1].split()[0])

    for name in (FIGURE_NAMES[0], FIGURE_NAMES[30], FIGURE_NAMES[-1]):
        with open_results(folder) as results:
            before = read()
            values = results.series(name, "C")
            bytes_read = read() - before
        number = int(name.removeprefix("figure"))
        expected = 1000.0 * np.arange(1, POINTS + 1)[:, None] + number + 0.2 + np.arange(WEEKS) / 1000
        assert values == pytest.approx(expected)
        # A page or two, and the row, of each run; not its quarter of a megabyte.
        assert bytes_read < POINTS * 6 * 16384
        assert bytes_read < os.path.getsize(folder / FILE) / 2
