"""Lineage: awards linked across programmes, traced, drawn, and installed as the documents tell them."""
