"""Under which conditions an outcome comes about: boxes (PRIM) and rules (CART).

Import the modules themselves; this package loads nothing.
"""
