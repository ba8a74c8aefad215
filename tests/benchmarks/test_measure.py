"""That the benchmarks run: their figures mean nothing at these sizes, and no time is asserted."""

import sys

import pytest

from benchmarks.__main__ import main

ROWS = (
    "compiled engine, 1 thread(s)",
    "one agent at a time",
    "2 futures × 500 consumers",
    "building 20,000 consumers",
    "recording all figures",
    "peak memory",
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")
def test_small_benchmarks_run_and_write_their_table(tmp_path, monkeypatch, capsys):
    written = tmp_path / "table.md"
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--small", "--out", str(written)])
    main()
    table = written.read_text(encoding="utf-8")
    assert table in capsys.readouterr().out
    for row in ROWS:
        assert row in table
