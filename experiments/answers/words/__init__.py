"""Findings in words, tables and charts, one module a kind."""
