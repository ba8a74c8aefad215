"""Claims put to the test: what scenarios say about their counterfactuals, and what simulated markets answer.

`arms` builds the markets to compare, `measures` makes one number of a run, `study` runs them with common luck,
`effects` gives effects with their intervals, `verdicts` judges them; `posterior` lays the draws of an
ensemble under the same markets, `over` and `shares` count in how many a claim holds; `findings` holds what came out and
can be written and read again, `words`, `over_words`, `where` and `page` say it.
"""
