"""The same reduced market in several tools for agent-based models, side by side: `python3 -m benchmarks.peers`."""
