"""Kakehashi: research management and data sharing for a medical-research agency, its hospitals and its patients."""

__version__ = "0.1.0"
