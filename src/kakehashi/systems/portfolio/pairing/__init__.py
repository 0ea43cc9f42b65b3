"""Pairing: what could carry an award on, and whose output it needs, with reasons; what officers answered."""
