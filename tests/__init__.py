"""The tests, by the rooms of the house; ``python3 -m tests`` runs them."""
