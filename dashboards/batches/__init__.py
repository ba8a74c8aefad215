"""The page of experiments: start, watch, stop and resume them, look at what they found, and ask them questions."""
