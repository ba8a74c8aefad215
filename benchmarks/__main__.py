"""Measure speed and memory: `python3 -m benchmarks [--small] [--out FILE]`.

Prints a Markdown table. `--small` uses small markets: a smoke test whose figures mean nothing. The week in C, the
yardstick of the compiled one, is left out where there is no gcc; `python3 -m benchmarks.c_kernel` shows its phases.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.c_kernel import has_compiler, versus_c
from benchmarks.measure import Sample, build, engines, ensembles, figures_share, machine, memory, start_up


def main() -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="small markets: only to see that the benchmarks run")
    parser.add_argument("--out", type=Path, help="also write the table to this file")
    options = parser.parse_args()
    table = "\n".join([machine(), "", _HEAD, *(sample.row() for sample in _samples(small=options.small))])
    print(table)
    if options.out:
        options.out.write_text(table + "\n", encoding="utf-8")


_HEAD = "| what | unit | least | median | most |\n| --- | --- | --- | --- | --- |"


def _samples(*, small: bool) -> list[Sample]:
    from experiments.replicate import available_cores

    cores = available_cores()
    threads = [1] if cores == 1 else [1, cores]
    if small:
        samples = engines(2000, 2, few=10, repeats=1, threads=threads)
        samples += versus_c(2000, 2, repeats=1, threads=threads) if has_compiler() else []
        samples += [build(20_000, cores, repeats=1), figures_share(500, 4, repeats=1)]
        return [*samples, *ensembles(2, 500, 4, cores, repeats=1), memory(20_000, 4, repeats=1)]
    samples = engines(1_000_000, 13, few=200, repeats=8, threads=threads)
    samples += versus_c(1_000_000, 4, repeats=8, threads=threads) if has_compiler() else []
    samples += ensembles(16, 5000, 104, cores, repeats=7)
    samples += [build(1_000_000, cores, repeats=3), figures_share(5000, 104, repeats=9)]
    samples.append(memory(1_000_000, 104, repeats=1))
    return samples + start_up(repeats=3)


if __name__ == "__main__":
    main()
