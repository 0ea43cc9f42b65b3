"""Portfolio: programmes and awards."""
