"""Experiments: files that name scenarios, factors and a design; their runs on any number of workers; their store."""
