"""Patient and public involvement (PPI): whether calls ask for it, what awards do of it, how many tell of it."""
