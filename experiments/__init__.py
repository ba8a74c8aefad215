"""Many runs: designs, runner, store, comparison, sensitivity, and the command line.

Empty on purpose: importing a room of the house costs nothing until something in it is used.
"""
