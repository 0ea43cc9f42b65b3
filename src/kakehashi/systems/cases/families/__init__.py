"""Families of cases: who is whose child, who is affected, which member is which case."""
