"""From runs to answers: pure functions over arrays of outcomes, each with its uncertainty and its doubts.

Import the modules themselves; this package loads nothing.
"""
