"""What every test shares: the same circumstances on every machine, every time."""

import os

import pytest
from hypothesis import settings

# Derandomised: the same examples every time, so that a red run is red for everybody. Without a deadline:
# a shared or slow machine must not decide whether a test passes.
settings.register_profile("everyday", derandomize=True, deadline=None, max_examples=50, database=None)
settings.register_profile("thorough", derandomize=True, deadline=None, max_examples=1000, database=None)
settings.load_profile(os.environ.get("USERISATION_HYPOTHESIS", "everyday"))

# The pytest workers share the cores; libraries that each start a thread per core would only get in the way.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


@pytest.fixture(autouse=True)
def _plain_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test an English user without a screen width or colours of their own."""
    monkeypatch.setenv("USERISATION_LANG", "en")
    for variable in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "USERISATION_ENV"):
        monkeypatch.delenv(variable, raising=False)
