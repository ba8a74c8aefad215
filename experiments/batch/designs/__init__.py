"""Designs of experiments: which settings are run. One class a design; `catalogue` knows them all."""
