"""Adjustment funds (調整費): rounds, requests, scores, the exact best choice, decisions, their entries."""
