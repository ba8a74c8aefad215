"""Fit parameters to targets with uncertainty: targets files, runs in waves, emulators, a posterior, what it means.

Import the modules themselves; this package loads nothing.
"""
