"""Cases compared with cases: the index, and how far each match may be told."""
