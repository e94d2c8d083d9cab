"""Measurements: one command runs them all, and each writes its table to benchmarks/results."""
