"""Calls: made by officers before they open, published, and what came of them."""
