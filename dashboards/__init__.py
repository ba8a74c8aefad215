"""The room for the Solara application.

It may use `experiments` and `sim`; neither of them knows it.
"""
