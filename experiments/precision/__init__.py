"""How many consumers and futures a question needs.

`questions` says which numbers are asked for and how well each should be known, `pilot` runs small ensembles at several
sizes, `laws` fits how errors and costs go with size, `advice` chooses the cheapest ensemble; `findings` holds what came
out, `words` says it.
"""
