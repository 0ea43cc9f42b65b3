"""Awards and accounts held in memory as columns: what figures, data book and facets are counted from."""
