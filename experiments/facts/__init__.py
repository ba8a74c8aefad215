"""Stylised facts: statistics of purchases, attention and participation, alike on simulated and on real data."""
