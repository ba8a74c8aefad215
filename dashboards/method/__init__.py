"""The page that says in words what the model is, and what it is not."""
