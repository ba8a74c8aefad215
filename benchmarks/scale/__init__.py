"""How errors and costs go with the number of consumers, from a thousand to ten million."""
