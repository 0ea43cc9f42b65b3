"""Phenopackets and cases: reading, writing, importing and exporting."""
