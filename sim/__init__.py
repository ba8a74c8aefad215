"""The model of a userisation market: what a market is and how a week goes.

`sim.scenario.load` reads a scenario, `sim.market.Market` runs it, `sim.figures.FIGURES` lists what is recorded.
"""
