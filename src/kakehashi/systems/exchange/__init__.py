"""The Exchange with other nodes: Matchmaker Exchange both ways, the peers, what went out and what came in."""
