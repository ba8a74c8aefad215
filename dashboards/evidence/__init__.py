"""The page of claims and facts: what the texts say, what real markets show, and what the model answers."""
