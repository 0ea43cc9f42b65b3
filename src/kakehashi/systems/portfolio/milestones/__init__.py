"""Milestones and stage gates: what an award is to reach by when, and Go, No-go or hold by the named roles."""
