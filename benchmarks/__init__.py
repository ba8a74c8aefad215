"""Measurements of speed and memory, as ratios taken in one run: `python3 -m benchmarks`."""
