"""Which settings an outcome depends on: screening (Morris), variance (Sobol'), whole distributions (PAWN).

Import the modules themselves; this package loads nothing.
"""
