"""Contracts of awards: what was agreed, what changed, and what the ledger has of it."""
