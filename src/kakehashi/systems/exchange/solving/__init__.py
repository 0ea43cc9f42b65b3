"""Solving both cases of a confirmed match: each side's diagnosis is written by its own people only."""
