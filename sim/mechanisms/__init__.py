"""The mechanisms of a market, one file each: parameters, columns, rule, and the firm's side.

A new mechanism is a new file here, its parameters in `sim.scenario.Mechanisms`, and one line in `sim.week` (the
consumers' rule) or `sim.market` (the firm's side) where it has its place in the week.
"""
